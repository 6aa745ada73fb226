import Foundation

/// Certificates that openssl makes for one test: an authority and a foreign one, and what servers of all kinds have.
final class Certificates: Sendable {
    /// good, wrong (for other.example), expired, foreign (of the other authority), selfsigned.
    enum Kind: String { case good, wrong, expired, foreign, selfsigned }

    private let folder: String

    init() throws {
        folder = try TemporaryFolder.make()
        for name in ["authority", "stranger"] { try selfSigned(name, extensions: []) }
        try selfSigned(Kind.selfsigned.rawValue, name: "localhost", extensions: ["subjectAltName=DNS:localhost"])
        try issue(.good, by: "authority", names: "DNS:localhost,IP:127.0.0.1")
        try issue(.wrong, by: "authority", names: "DNS:other.example")
        try issue(.expired, by: "authority", names: "DNS:localhost", days: -1)
        try issue(.foreign, by: "stranger", names: "DNS:localhost")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var authority: String { "\(folder)/authority.crt" }

    /// Puts a certificate where a server looks for it.
    func install(_ kind: Kind, into data: String) throws {
        for ending in ["crt", "key"] {
            let target = "\(data)/server.\(ending)"
            try? FileManager.default.removeItem(atPath: target)
            try FileManager.default.copyItem(atPath: "\(folder)/\(kind.rawValue).\(ending)", toPath: target)
            // Else the server does not take the key.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
        }
    }

    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func selfSigned(_ file: String, name: String? = nil, extensions: [String]) throws {
        try openssl(
            ["req", "-x509"] + Self.key + ["-days", "2", "-subj", "/CN=\(name ?? file)"]
                + extensions.flatMap { ["-addext", $0] }
                + ["-keyout", "\(folder)/\(file).key", "-out", "\(folder)/\(file).crt"]
        )
    }

    private func issue(_ kind: Kind, by authority: String, names: String, days: Int = 2) throws {
        let base = "\(folder)/\(kind.rawValue)"
        try openssl(
            ["req"] + Self.key + ["-subj", "/CN=server", "-addext", "subjectAltName=\(names)"]
                + ["-keyout", "\(base).key", "-out", "\(base).csr"]
        )
        try openssl([
            "x509", "-req", "-in", "\(base).csr", "-CA", "\(folder)/\(authority).crt", "-CAkey",
            "\(folder)/\(authority).key", "-CAcreateserial", "-days", "\(days)", "-copy_extensions", "copy", "-out",
            "\(base).crt",
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") else {
            throw PostgresServer.Failure(description: "openssl is missing: apt-get install openssl")
        }
        try PostgresServer.run("/usr/bin/openssl", arguments)
    }
}
