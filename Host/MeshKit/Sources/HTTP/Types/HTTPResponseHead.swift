/// What comes before a response's content, the same for both versions of HTTP.
public struct HTTPResponseHead: Sendable {
    /// The status code, 100 to 599.
    public var status: Int
    /// The header fields. Framing fields (`connection`, `transfer-encoding`) are the connection's own.
    public var fields: HTTPFields

    /// Makes a head.
    public init(status: Int, fields: HTTPFields = [:]) {
        self.status = status
        self.fields = fields
    }
}
