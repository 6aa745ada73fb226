import Glibc

/// Certificates that openssl makes for one run of the tests: an authority, and servers' of every kind.
public final class Certificates: Sendable {
    /// What a server shows.
    public enum Kind: String, Sendable, CaseIterable {
        /// For localhost and 127.0.0.1, of the authority.
        case good
        /// For localhost, but no longer.
        case expired
        /// For other.example.
        case wrong
        /// For localhost, of an authority that nobody knows.
        case foreign
        /// For localhost, of nobody but itself.
        case selfSigned
    }

    private static let made: Result<Certificates, any Error> = Result {
        let certificates = try Certificates()
        atexit { try? Certificates.made.get().place.remove() }
        return certificates
    }

    private let place: TemporaryFolder

    /// All tests use the same ones, since openssl takes longer than most of them.
    /// - Throws: `TestServerError` if openssl fails, or that names its Debian package.
    public static func shared() throws -> Certificates { try made.get() }

    private init() throws {
        place = try TemporaryFolder()
        for name in ["ca", "stranger"] { try selfSign(name, []) }
        try selfSign(Kind.selfSigned.rawValue, name: "localhost", ["-addext", "subjectAltName=DNS:localhost"])
        try issue(.good, by: "ca", names: "DNS:localhost,IP:127.0.0.1")
        try issue(.expired, by: "ca", names: "DNS:localhost", days: -1)
        try issue(.wrong, by: "ca", names: "DNS:other.example")
        try issue(.foreign, by: "stranger", names: "DNS:localhost")
    }

    /// The folder of all of them.
    public var folder: String { place.path }

    /// The certificate of the authority, which clients trust; it is ca.pem in the folder.
    public var authority: String { place.file("ca.pem") }

    /// The paths of a certificate and of its key.
    public func files(_ kind: Kind) -> [String] {
        [place.file("\(kind.rawValue).pem"), place.file("\(kind.rawValue).key")]
    }

    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func selfSign(_ file: String, name: String? = nil, _ extensions: [String]) throws {
        try openssl(
            ["req", "-x509"] + Self.key + ["-days", "2", "-subj", "/CN=\(name ?? file)"] + extensions
                + ["-keyout", place.file("\(file).key"), "-out", place.file("\(file).pem")]
        )
    }

    private func issue(_ kind: Kind, by authority: String, names: String, days: Int = 2) throws {
        let base = place.file(kind.rawValue)
        try openssl(
            ["req"] + Self.key + ["-subj", "/CN=server", "-addext", "subjectAltName=\(names)"]
                + ["-keyout", "\(base).key", "-out", "\(base).csr"]
        )
        try openssl([
            "x509", "-req", "-in", "\(base).csr", "-CA", place.file("\(authority).pem"), "-CAkey",
            place.file("\(authority).key"), "-CAcreateserial", "-days", "\(days)", "-copy_extensions", "copy", "-out",
            "\(base).pem",
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let program = try TestPrograms.path("openssl", package: "openssl")
        // The noise of key generation would hide what fails.
        try ServerProcess.run(["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>/dev/null", program] + arguments)
    }
}
