import Glibc

/// Certificates made by openssl for one run of the tests: an authority, another one, and servers' of every kind.
final class Certificates: Sendable {
    private static let made: Result<Certificates, any Error> = Result {
        let certificates = try Certificates()
        atexit { try? Certificates.made.get().remove() }
        return certificates
    }

    let folder: String

    /// All tests use the same ones, since openssl takes longer than most of them.
    static func shared() throws -> Certificates { try made.get() }

    private init() throws {
        folder = "/tmp/lonja-fetch-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        mkdir(folder, 0o700)
        for name in ["ca", "other"] {
            try openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                    + "-keyout \(folder)/\(name).key -out \(folder)/\(name).pem"
            )
        }
        try issue("good", by: "ca", names: "DNS:localhost,IP:127.0.0.1", days: 2)
        try issue("expired", by: "ca", names: "DNS:localhost", days: -1)
        try issue("wrong", by: "ca", names: "DNS:elsewhere.example", days: 2)
        try issue("foreign", by: "other", names: "DNS:localhost", days: 2)
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
                + "-addext subjectAltName=DNS:localhost -keyout \(folder)/self.key -out \(folder)/self.pem"
        )
    }

    private func remove() {
        for name in ["ca", "other", "good", "expired", "wrong", "foreign", "self"] {
            for ending in ["pem", "key", "csr", "ext", "srl"] { unlink("\(folder)/\(name).\(ending)") }
        }
        rmdir(folder)
    }

    var authority: String { "\(folder)/ca.pem" }
    func files(_ name: String) -> [String] { ["\(folder)/\(name).pem", "\(folder)/\(name).key"] }

    private func issue(_ name: String, by authority: String, names: String, days: Int) throws {
        let base = "\(folder)/\(name)"
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout \(base).key -out \(base).csr "
                + "-addext subjectAltName=\(names)"
        )
        try openssl(
            "x509 -req -in \(base).csr -CA \(folder)/\(authority).pem -CAkey \(folder)/\(authority).key -CAcreateserial "
                + "-days \(days) -copy_extensions copy -out \(base).pem"
        )
    }

    private func openssl(_ arguments: String) throws {
        let program = try ServerProcess.program("openssl", package: "openssl")
        // The noise of key generation would hide what fails.
        try ServerProcess.run(["/bin/sh", "-c", "exec \(program) \(arguments) 2>/dev/null"])
    }
}
