public import HTTP

/// What a route answers.
public struct RESTResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Fields beside those that the handler adds itself.
    public var fields: HTTPFields
    /// The content.
    public var body: HTTPResponse.Body

    /// An answer of one's own.
    public init(status: Int, fields: HTTPFields = [:], body: HTTPResponse.Body = .empty) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// JSON.
    public static func json(_ value: some JSONWritable, status: Int = 200) -> RESTResponse {
        let fields: HTTPFields = ["content-type": "application/json"]
        return RESTResponse(status: status, fields: fields, body: .bytes(JSONWriter.bytes(value)))
    }

    /// Done, and nothing to say: 204.
    public static var noContent: RESTResponse { RESTResponse(status: 204) }
}
