public import HTTP

/// One route of the public API: generated from the `http` option of a method.
public struct RESTRoute: Sendable {
    /// GET, POST, …
    public let method: HTTPMethod
    /// "/api/v1/quotes/{symbol}": a segment in braces takes any one segment.
    public let template: String
    let body: @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse

    /// A route and what answers it. What `body` throws becomes a problem.
    public init(
        _ method: HTTPMethod,
        _ template: StaticString,
        _ body: @escaping @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse
    ) {
        self.method = method
        self.template = template.description
        self.body = body
    }
}
