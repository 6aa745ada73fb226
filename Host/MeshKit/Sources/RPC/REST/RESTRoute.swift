public import HTTP

/// One route of the public API: generated from the `http` option of a method.
public struct RESTRoute: Sendable {
    /// GET, POST, …
    public let method: HTTPMethod
    /// "/api/v1/quotes/{symbol}": a segment in braces takes any one segment.
    public let template: String
    /// Whether the route's answer goes on until one side has enough: its context has no deadline.
    let isEndless: Bool
    /// Hears of its requests; set by the handler that serves the route.
    var metrics: RouteMetrics?
    let body: @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse

    /// A route and what answers it. What `body` throws becomes a problem.
    public init(
        _ method: HTTPMethod,
        _ template: StaticString,
        _ body: @escaping @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse
    ) {
        self.method = method
        self.template = template.description
        self.isEndless = false
        self.body = body
    }

    /// A GET that answers with events (``RESTResponse/events(_:)``), without a deadline.
    public init(
        events template: StaticString,
        _ body: @escaping @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse
    ) {
        self.method = .get
        self.template = template.description
        self.isEndless = true
        self.body = body
    }
}
