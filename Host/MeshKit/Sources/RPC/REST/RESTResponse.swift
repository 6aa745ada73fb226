public import HTTP

/// What a route answers.
public struct RESTResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Fields beside those that the handler adds itself.
    public var fields: HTTPFields
    /// The content.
    public var body: HTTPResponse.Body
    /// Whether its content is never compressed, as that would tell of what is secret in it.
    public var holdsSecret = false
    /// The content, where it never changes.
    var fixed: RESTFixedContent?

    /// An answer of one's own.
    public init(status: Int, fields: HTTPFields = [:], body: HTTPResponse.Body = .empty) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// JSON.
    public static func json(_ value: some JSONWritable, status: Int = 200) -> RESTResponse {
        var fields = HTTPFields()
        // Room for what the handler adds.
        fields.reserveCapacity(12)
        fields.append("content-type", "application/json")
        return RESTResponse(status: status, fields: fields, body: .bytes(JSONWriter.bytes(value)))
    }

    /// Content that never changes.
    public static func fixed(_ content: RESTFixedContent, fields: HTTPFields) -> RESTResponse {
        var response = RESTResponse(status: 200, fields: fields, body: .bytes(content.bytes))
        response.fixed = content
        return response
    }

    /// JSON that says nothing: `{}`.
    public static func emptyObject(status: Int = 200) -> RESTResponse {
        RESTResponse(status: status, fields: ["content-type": "application/json"], body: .bytes(Array("{}".utf8)))
    }

    /// Plain text.
    public static func text(_ text: String, status: Int = 200) -> RESTResponse {
        let fields: HTTPFields = ["content-type": "text/plain; charset=utf-8"]
        return RESTResponse(status: status, fields: fields, body: .bytes(Array(text.utf8)))
    }

    /// Events (`text/event-stream`) for as long as `body` runs, with a comment every 4 seconds so that nobody between
    /// takes the connection for dead.
    ///
    /// What `body` throws becomes a last event named `problem`: the status is sent by then. An `EventSource` connects
    /// again by itself unless it is closed on that event.
    public static func events(_ body: @escaping @Sendable (RESTEventWriter) async throws -> Void) -> RESTResponse {
        RESTResponse(
            status: 200,
            fields: ["content-type": "text/event-stream", "x-accel-buffering": "no"],
            body: .stream { writer in try await RESTEventWriter(writer).run(body) }
        )
    }

    /// Sends a browser elsewhere by GET: 302.
    /// - Parameter location: a path of ours or a URL; refused as a mistake of ours if it could end the field's line.
    public static func found(_ location: String) -> RESTResponse {
        precondition(
            location.utf8.allSatisfy { (0x21...0x7e).contains($0) },
            "a location is printable and has no spaces"
        )
        return RESTResponse(status: 302, fields: ["location": location])
    }

    /// The same, which sets these cookies too.
    public func setting(_ cookies: [SetCookie]) -> RESTResponse {
        var copy = self
        for cookie in cookies { copy.fields.append("set-cookie", cookie.field) }
        return copy
    }

    /// The same, which is never compressed (``holdsSecret``).
    public func withSecret() -> RESTResponse {
        var copy = self
        copy.holdsSecret = true
        return copy
    }

    /// Done, and nothing to say: 204.
    public static var noContent: RESTResponse { RESTResponse(status: 204) }
}
