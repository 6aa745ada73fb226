/// What comes before a request's content, the same for both versions of HTTP. Copies share what they hold until one of
/// them is changed: a head passes through many hands.
public struct HTTPRequestHead: Sendable {
    // Safe: changed only while one head alone holds it.
    private final class Storage: @unchecked Sendable {
        var method: HTTPMethod
        var scheme: String
        var authority: String
        var target: String
        var fields: HTTPFields
        var version: HTTPVersion

        init(
            _ method: HTTPMethod,
            _ scheme: String,
            _ authority: String,
            _ target: String,
            _ fields: HTTPFields,
            _ version: HTTPVersion
        ) {
            self.method = method
            self.scheme = scheme
            self.authority = authority
            self.target = target
            self.fields = fields
            self.version = version
        }
    }

    private var storage: Storage

    /// The method.
    public var method: HTTPMethod {
        get { storage.method }
        set { unique().method = newValue }
    }

    /// `http` or `https`.
    public var scheme: String {
        get { storage.scheme }
        set { unique().scheme = newValue }
    }

    /// Host and port as the peer named them (`host` or `:authority`); empty if it named none (HTTP/1.0 only).
    public var authority: String {
        get { storage.authority }
        set { unique().authority = newValue }
    }

    /// Path and query as sent, still percent-encoded: `/a/b?c=d`, or `*` for OPTIONS.
    public var target: String {
        get { storage.target }
        set { unique().target = newValue }
    }

    /// The header fields. `host` stays among them for HTTP/1.x.
    public var fields: HTTPFields {
        get { storage.fields }
        set { unique().fields = newValue }
    }

    /// The version the request came in.
    public var version: HTTPVersion {
        get { storage.version }
        set { unique().version = newValue }
    }

    /// Makes a head.
    public init(
        method: HTTPMethod,
        scheme: String = "http",
        authority: String,
        target: String,
        fields: HTTPFields = [:],
        version: HTTPVersion
    ) {
        storage = Storage(method, scheme, authority, target, fields, version)
    }

    private mutating func unique() -> Storage {
        if !isKnownUniquelyReferenced(&storage) {
            storage = Storage(method, scheme, authority, target, fields, version)
        }
        return storage
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
