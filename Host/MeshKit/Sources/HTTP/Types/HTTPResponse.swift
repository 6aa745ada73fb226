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
        /// A whole answer made before, with a status and fields of its own; those of the response are not looked at.
        case prepared(HTTPPreparedResponse)
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

    /// An answer made before, as it is.
    public static func prepared(_ answer: HTTPPreparedResponse) -> HTTPResponse {
        HTTPResponse(status: answer.status, body: .prepared(answer))
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
