import Foundation

/// Certificates made by openssl for one run of the tests: an authority, and servers' for the right and for a wrong name.
final class Certificates: Sendable {
    private static let made: Result<Certificates, any Error> = Result { try Certificates() }

    private let folder: TemporaryFolder

    /// All tests use the same ones, since openssl takes longer than most of them.
    static func shared() throws -> Certificates { try made.get() }

    private init() throws {
        folder = try TemporaryFolder()
        for name in ["ca", "self"] {
            try openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
                    + " -addext subjectAltName=DNS:localhost -keyout \(folder.path)/\(name).key -out \(folder.path)/\(name).pem"
            )
        }
        try issue("good", "DNS:localhost,IP:127.0.0.1", days: 2)
        try issue("wrong", "DNS:elsewhere.example", days: 2)
        try issue("expired", "DNS:localhost", days: -1)
    }

    var authority: String { folder.file("ca.pem") }

    /// Certificate and key.
    func files(_ name: String) -> [String] { [folder.file("\(name).pem"), folder.file("\(name).key")] }

    private func issue(_ name: String, _ names: String, days: Int) throws {
        let base = folder.file(name)
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout \(base).key"
                + " -out \(base).csr -addext subjectAltName=\(names)"
        )
        try openssl(
            "x509 -req -in \(base).csr -CA \(authority) -CAkey \(folder.file("ca.key")) -CAcreateserial"
                + " -days \(days) -copy_extensions copy -out \(base).pem"
        )
    }

    private func openssl(_ arguments: String) throws {
        let program = try ServerProcess.program("openssl", package: "openssl")
        // The noise of key generation would hide what fails.
        try ServerProcess.run(["/bin/sh", "-c", "exec \(program) \(arguments) 2>/dev/null"])
    }
}
