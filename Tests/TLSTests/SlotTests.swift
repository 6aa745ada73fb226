import Glibc
import Observe
import Synchronization
import TestServers
import Testing

@testable import TLS

@Suite("TLS: certificates that are changed while they are used")
struct SlotTests {
    /// Files as in a mounted Secret: links through `..data`, which is renamed over.
    private struct Mount {
        let authority: CertificateAuthority
        var files: TLSFiles {
            let folder = authority.file("mount")
            return TLSFiles(
                certificate: "\(folder)/tls.crt",
                key: "\(folder)/tls.key",
                authorities: "\(folder)/ca.crt"
            )
        }

        init() throws {
            authority = try CertificateAuthority()
            mkdir(authority.file("mount"), 0o700)
            try put("first", "DNS:profile")
            for name in ["tls.crt", "tls.key", "ca.crt"] {
                symlink("..data/\(name)", authority.file("mount/\(name)"))
            }
        }

        func put(_ version: String, _ names: String, days: Int = 2, key: String? = nil) throws {
            let pair = try authority.issue(version, names, days: days)
            let folder = authority.file("mount/..\(version)")
            mkdir(folder, 0o700)
            try Self.copy(pair.certificate, "\(folder)/tls.crt")
            try Self.copy(key ?? pair.key, "\(folder)/tls.key")
            try Self.copy(authority.path, "\(folder)/ca.crt")
            symlink("..\(version)", authority.file("mount/..new"))
            rename(authority.file("mount/..new"), authority.file("mount/..data"))
        }

        private static func copy(_ from: String, _ to: String) throws {
            try ServerProcess.run(["/bin/cp", from, to])
        }
    }

    @Test("New files are taken up, broken ones are not, and both are said once")
    func reload() throws {
        let mount = try Mount()
        defer { mount.authority.remove() }
        let registry = MetricRegistry()
        let slot = try TLSSlot("rpc", .mutual, files: mount.files, metrics: TLSMetrics(registry))
        let replaced = Mutex(0)
        slot.whenReplaced { replaced.withLock { $0 += 1 } }
        #expect(slot.reload() == .unchanged)
        #expect(slot.identity?.services == ["profile"])

        try mount.put("second", "DNS:profile,DNS:wallet", days: 30)
        #expect(slot.reload() == .replaced)
        #expect(slot.reload() == .unchanged)
        #expect(slot.identity?.services == ["profile", "wallet"])
        #expect(replaced.withLock { $0 } == 1)

        try mount.put("third", "DNS:other", key: mount.authority.file("first.key"))
        #expect(slot.reload() == .refused(TLSError(.configuration, "the key is not the certificate's")))
        #expect(slot.reload() == .unchanged)
        #expect(slot.identity?.services == ["profile", "wallet"])

        try mount.put("fourth", "DNS:other")
        #expect(slot.reload() == .replaced)
        #expect(slot.identity?.services == ["other"])

        unlink(mount.authority.file("mount/..data"))
        guard case .refused(let error) = slot.reload() else {
            Issue.record("files that are gone were not noticed")
            return
        }
        #expect(error.description.contains("tls.crt: No such file or directory"))
        #expect(slot.reload() == .unchanged)
        #expect(replaced.withLock { $0 } == 2)

        let text = registry.prometheusText()
        #expect(text.contains("lonja_tls_reloads_total{slot=\"rpc\",outcome=\"replaced\"} 2"))
        #expect(text.contains("lonja_tls_reloads_total{slot=\"rpc\",outcome=\"refused\"} 2"))
        #expect(text.contains("lonja_tls_certificate_expiry_seconds{slot=\"rpc\"} 172"))
    }

    @Test("Files that cannot be used stop the start")
    func start() throws {
        let certificates = try TestCertificates.shared()
        var files = try certificates.paths("profile")
        files.authorities = nil
        #expect(throws: TLSError(.configuration, "mutual TLS needs authorities")) {
            try TLSSlot("rpc", .mutual, files: files)
        }
        files.key = "/nowhere"
        #expect(throws: TLSError(.configuration, "/nowhere: No such file or directory")) {
            try TLSSlot("rpc", .mutual, files: files)
        }
    }
}
