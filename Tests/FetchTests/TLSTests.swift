import Glibc
import HTTP
import Reactor
import TestServers
import Testing

@testable import Fetch

@Suite(.serialized, .timeLimit(.minutes(2))) struct TLSTests {
    @Test func tellsCertificatesApart() async throws {
        let certificates = try Certificates.shared()
        let held = HeldSteps()
        let group = try held.group(1)
        defer { group.shutdown() }
        var configuration = FetchClientConfiguration()
        configuration.certificateAuthorities = certificates.authority
        let client = FetchClient(group: group, configuration: configuration)
        for (name, code) in [
            (.good, nil), (.expired, .certificateExpired), (.wrong, .certificateWrongHost),
            (.foreign, .certificateUnknownAuthority), (.selfSigned, .certificateSelfSigned),
        ] as [(Certificates.Kind, FetchError.Code?)] {
            let server = try ServerProcess.python("FetchTests/Servers/https_server.py", certificates.files(name))
            let error = await client.failure("https://localhost:\(try server.port())/?secret=1")
            #expect(error?.code == code, "\(name): \(String(describing: error))")
            #expect(error?.description.contains("secret") != true)
            #expect(error == nil || error?.message.hasPrefix("localhost: ") == true)
        }
        #expect(held.all.isEmpty, "no loop is held")
    }

    @Test func theSystemsAuthoritiesAreReadOffTheLoop() async throws {
        let certificates = try Certificates.shared()
        let held = HeldSteps()
        // Reading them takes some 20 ms.
        let group = try held.group(1)
        defer { group.shutdown() }
        guard access(TrustStore.systemFile, R_OK) == 0 else {
            Issue.record("install Debian's package ca-certificates")
            return
        }
        let server = try ServerProcess.python("FetchTests/Servers/https_server.py", certificates.files(.good))
        let client = FetchClient(group: group)
        let error = await client.failure("https://localhost:\(try server.port())/")
        #expect(error?.code == .certificateUnknownAuthority)
        #expect(held.all.isEmpty, "what it takes to read some hundred certificates is not on the loop")
        var nowhere = FetchClientConfiguration()
        nowhere.certificateAuthorities = "/nonexistent.pem"
        let broken = FetchClient(group: group, configuration: nowhere)
        let missing = await broken.failure("https://localhost:1/")
        #expect(missing?.code == .internalError && missing?.message.contains("/nonexistent.pem") == true)
    }

    @Test func speaksHTTP2OverTLS() async throws {
        let certificates = try Certificates.shared()
        let held = HeldSteps()
        let group = try held.group(1)
        defer { group.shutdown() }
        let program = try TestPrograms.path("nghttpd", package: "nghttp2-server")
        let port = try LoopbackPort.free()
        let files = certificates.files(.good)
        let server = try ServerProcess([
            program, "-a", "127.0.0.1", "-d", certificates.folder, "\(port)", files[1], files[0],
        ])
        var configuration = FetchClientConfiguration()
        configuration.certificateAuthorities = certificates.authority
        configuration.connectionsPerHost = 2
        configuration.retry.attempts = 10
        let client = FetchClient(group: group, configuration: configuration)
        let base = "https://127.0.0.1:\(port)/ca.pem"
        let first = try await client.get(base)
        #expect(first.version == .http2 && first.status == 200)
        let sizes = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<300 { tasks.addTask { try await client.get(base).body.count } }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: first.body.count, count: 300))
        #expect(held.all.isEmpty)
        withExtendedLifetime(server) {}
    }
}
