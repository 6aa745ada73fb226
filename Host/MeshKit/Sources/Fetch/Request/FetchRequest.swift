public import HTTP
public import Observe

/// One request as the caller wants it.
public struct FetchRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// Where it goes.
    public var url: FetchURL
    /// The header fields; framing fields (`host`, `content-length`, `connection` and the like) are the client's own.
    public var fields: HTTPFields
    /// Header fields that nobody may see, such as `authorization`; they are not sent to another origin after a redirect.
    public var secretFields: [(name: String, value: Secret)]
    /// The content.
    public var body: FetchBody
    /// Whether sending it twice does no harm. The method says so, unless the caller knows better (as with an
    /// `idempotency-key`).
    public var isIdempotent: Bool

    /// A request; the method says whether it is idempotent.
    public init(
        _ method: HTTPMethod = .get,
        _ url: FetchURL,
        fields: HTTPFields = [:],
        secretFields: [(name: String, value: Secret)] = [],
        body: FetchBody = .empty
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.secretFields = secretFields
        self.body = body
        isIdempotent = [.get, .head, .put, .delete, .options, .trace].contains(method)
    }
}
