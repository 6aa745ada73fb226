/// What a handler answers with.
public struct HTTPResponse: Sendable {
    /// The content of a response.
    public enum Body: Sendable {
        /// None.
        case empty
        /// Bytes at hand; `content-length` is added.
        case bytes([UInt8])
        /// Written piece by piece. The closure runs on the request's task after the head was sent; if it throws, the
        /// response is cut off so that the peer cannot take it for complete.
        case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
    }

    /// The status code, 200 to 599.
    public var status: Int
    /// The header fields; framing fields and `date` are added by the connection.
    public var fields: HTTPFields
    /// The content; not sent for HEAD, 204 and 304.
    public var body: Body

    /// Makes a response.
    public init(status: Int, fields: HTTPFields = [:], body: Body = .empty) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A short answer in plain text.
    public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status,
            fields: ["content-type": "text/plain; charset=utf-8"],
            body: .bytes(Array(text.utf8))
        )
    }
}
