/// An http or https URL, read by the parser that also connects, so that both agree on what the host is.
public struct FetchURL: Sendable, Hashable {
    /// "http" or "https".
    public let scheme: String
    /// The host in lower case; an IPv6 address without its brackets.
    public let host: String
    /// The port, also when it is the scheme's own.
    public let port: UInt16
    /// Path and query.
    let target: String

    /// Reads a URL. A fragment is dropped. Everything must be ASCII: other text percent-encoded, names in punycode.
    ///
    /// - Throws: `invalidURL`: malformed, another scheme, a user or a password in it.
    public init(_ text: String) throws(FetchError) {
        self = try CURLURLParser.parse(text, base: nil)
    }

    /// Reads a reference, as in `location`, relative to this URL.
    ///
    /// - Throws: `invalidURL`.
    public func resolving(_ reference: String) throws(FetchError) -> FetchURL {
        try CURLURLParser.parse(reference, base: text)
    }

    init(scheme: String, host: String, port: UInt16, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    /// Scheme, host and port, which together say who is talked to (RFC 6454).
    public var origin: String { "\(scheme)://\(authority):\(port)" }

    /// Whether the way there is encrypted.
    var isSecure: Bool { scheme == "https" }

    /// The whole URL, with its query: for the wire, not for logs.
    var text: String { origin + target }

    private var authority: String { host.contains(":") ? "[\(host)]" : host }
}

extension FetchURL: CustomStringConvertible {
    /// The origin: what may be shown.
    public var description: String { origin }
}
