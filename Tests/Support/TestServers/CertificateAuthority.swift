import Glibc

/// An authority that openssl makes, and the certificates that it signs, in one folder. P-256 keys.
public final class CertificateAuthority: Sendable {
    private let place: TemporaryFolder
    private let name: String

    /// The file of its certificate.
    public var path: String { place.file("\(name).pem") }

    /// Makes one in a folder of its own, or of `other`.
    /// - Throws: `TestServerError` if openssl fails, or that names its Debian package.
    public init(_ name: String = "authority", beside other: CertificateAuthority? = nil) throws {
        if let other { place = other.place } else { place = try TemporaryFolder() }
        self.name = name
        try openssl(
            ["req", "-x509"] + Self.newKey + ["-days", "2", "-subj", "/CN=\(name)"]
                + ["-keyout", place.file("\(name).key"), "-out", place.file("\(name).pem")]
        )
    }

    /// A file of the folder.
    public func file(_ name: String) -> String { place.file(name) }

    /// Removes everything.
    public func remove() { place.remove() }

    /// Signs a certificate for these alternative names, as `DNS:profile`, and puts it and its key in place of what had that
    /// name before.
    /// - Parameter days: how long it holds; -1 for one that has expired.
    /// - Returns: the files.
    @discardableResult
    public func issue(
        _ file: String,
        _ names: String,
        days: Int = 2,
        use: String? = nil
    ) throws -> (certificate: String, key: String) {
        let base = place.file(file)
        let usage = use.map { ["-addext", "extendedKeyUsage=\($0)"] } ?? []
        try openssl(
            ["req"] + Self.newKey + ["-subj", "/CN=test", "-addext", "subjectAltName=\(names)"] + usage
                + ["-keyout", "\(base).key.new", "-out", "\(base).csr"]
        )
        try openssl([
            "x509", "-req", "-in", "\(base).csr", "-CA", path, "-CAkey", place.file("\(name).key"), "-CAcreateserial",
            "-days", "\(days)", "-copy_extensions", "copy", "-out", "\(base).pem.new",
        ])
        for end in ["key", "pem"] { rename("\(base).\(end).new", "\(base).\(end)") }
        return ("\(base).pem", "\(base).key")
    }

    /// A certificate that nobody signed but itself.
    public func selfSign(_ file: String, _ names: String) throws -> (certificate: String, key: String) {
        let base = place.file(file)
        try openssl(
            ["req", "-x509"] + Self.newKey + ["-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=\(names)"]
                + ["-keyout", "\(base).key", "-out", "\(base).pem"]
        )
        return ("\(base).pem", "\(base).key")
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func openssl(_ arguments: [String]) throws {
        let program = try TestPrograms.path("openssl", package: "openssl")
        // The noise of key generation would hide what fails.
        try ServerProcess.run(["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>/dev/null", program] + arguments)
    }
}
