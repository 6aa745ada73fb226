/// What comes before a request's content, the same for both versions of HTTP.
public struct HTTPRequestHead: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// `http` or `https`.
    public var scheme: String
    /// Host and port as the peer named them (`host` or `:authority`); empty if it named none (HTTP/1.0 only).
    public var authority: String
    /// Path and query as sent, still percent-encoded: `/a/b?c=d`, or `*` for OPTIONS.
    public var target: String
    /// The header fields. `host` stays among them for HTTP/1.x.
    public var fields: HTTPFields
    /// The version the request came in.
    public var version: HTTPVersion

    /// Makes a head.
    public init(
        method: HTTPMethod,
        scheme: String = "http",
        authority: String,
        target: String,
        fields: HTTPFields = [:],
        version: HTTPVersion
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.target = target
        self.fields = fields
        self.version = version
    }

    /// The target up to its `?`, still percent-encoded.
    public var path: Substring {
        target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)]
    }

    /// The target after its `?`, still percent-encoded; `nil` without one.
    public var query: Substring? {
        target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[target.utf8.index(after: $0)...] }
    }
}
