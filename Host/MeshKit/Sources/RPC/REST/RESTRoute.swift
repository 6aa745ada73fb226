public import HTTP

/// One route of the public API: generated from the `http` option of a method.
public struct RESTRoute: Sendable {
    /// GET, POST, …
    public let method: HTTPMethod
    /// "/api/v1/quotes/{symbol}": a segment in braces takes any one segment.
    public let template: String
    /// Who may call; a filter sees to it.
    public private(set) var access: RESTAccess
    /// Which limit counts its requests.
    public private(set) var quota: RESTQuota
    /// The media types that it answers with; empty where a success has no content.
    private(set) var produces = ["application/json"]
    /// Whether the route's answer goes on until one side has enough: its context has no deadline.
    let isEndless: Bool
    /// Hears of its requests; set by the handler that serves the route.
    var metrics: RouteMetrics?
    /// Stands for the filters where requests wait together.
    private(set) var gate: (any RESTGate)?
    /// Whether everybody gets the same, so that a cache may serve it to others.
    private var isForAll = false
    /// Stands around the route.
    var filter: (any RESTFilter)?
    /// Bytes of content at the most; nil for what the handler allows.
    var maximumBody: Int?
    /// How long a request may take; nil for what the handler allows.
    var timeout: Duration?
    /// What a success says of caches.
    var caching: RESTCaching?
    /// Whether the route reads the content itself, as it comes.
    var isStreamed = false
    let body: @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse

    /// A route and what answers it. What `body` throws becomes a problem. There is no default for who may call.
    public init(
        _ method: HTTPMethod,
        _ template: StaticString,
        for access: RESTAccess,
        _ body: @escaping @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse
    ) {
        self.method = method
        self.template = template.description
        self.access = access
        self.isEndless = false
        self.quota = method == .get ? .read : .write
        self.body = body
    }

    /// A GET that answers with events (``RESTResponse/events(_:)``), without a deadline.
    public init(
        events template: StaticString,
        for access: RESTAccess,
        _ body: @escaping @Sendable (inout RESTRequest, CallContext) async throws -> RESTResponse
    ) {
        self.method = .get
        self.template = template.description
        self.access = access
        self.isEndless = true
        self.quota = .stream
        self.produces = ["text/event-stream"]
        self.body = body
    }

    /// The same with a filter around it; the filter of an earlier call ends up within.
    public func filtered(by filter: some RESTFilter) -> RESTRoute {
        var copy = self
        copy.filter = self.filter.map { NestedFilter(outer: filter, inner: $0) } ?? filter
        return copy
    }

    /// The same with limits of its own.
    /// - Parameters:
    ///   - maximumBody: bytes of content; more is answered with 413.
    ///   - timeout: how long a request may take, its content included; the handler's limit where nil.
    public func limited(maximumBody: Int, timeout: Duration? = nil) -> RESTRoute {
        var copy = self
        copy.maximumBody = maximumBody
        copy.timeout = timeout ?? self.timeout
        return copy
    }

    /// The same, whose successes may be kept.
    /// - Parameters:
    ///   - control: the value of Cache-Control (RFC 9111 §5.2).
    ///   - tagged: whether a success has an ETag of its content, and is 304 to whom has it already.
    public func cached(_ control: StaticString, tagged: Bool) -> RESTRoute {
        var copy = self
        copy.caching = RESTCaching(control: control.description, isTagged: tagged)
        copy.isForAll = copy.caching?.isPublic ?? false
        return copy
    }

    /// The same, for those with a session alone, or a session key for the scope, whatever the contract says. Caches that
    /// serve many keep nothing of it.
    public func closed(scope: String) -> RESTRoute {
        var copy = self
        copy.access = .session(scope: scope)
        copy.caching = caching?.privately
        return copy
    }

    /// The same behind a gate, which stands for its filters for requests that wait together: those for what any cache may
    /// serve to everybody.
    public func admitted(by gate: some RESTGate) -> RESTRoute {
        var copy = self
        copy.gate = gate
        return copy
    }

    /// Whether requests may wait together for one answer.
    var isShareable: Bool { isForAll && !isEndless && !isStreamed && (filter == nil) == (gate == nil) }

    /// The same, counted by another limit than its verb says.
    public func counted(_ quota: RESTQuota) -> RESTRoute {
        var copy = self
        copy.quota = quota
        return copy
    }

    /// The same, which answers with these media types, and is 406 to whom accepts none of them; none for a success
    /// without content, which everybody accepts. JSON where nothing is said.
    public func making(_ types: String...) -> RESTRoute {
        var copy = self
        copy.produces = types
        return copy
    }

    /// The same, with content that the route reads as it comes (``RESTRequest/stream()``), at most `maximumBody` bytes.
    public func streamed(maximumBody: Int, timeout: Duration) -> RESTRoute {
        var copy = limited(maximumBody: maximumBody, timeout: timeout)
        copy.isStreamed = true
        return copy
    }
}

/// Two filters, one within the other.
private struct NestedFilter: RESTFilter {
    let outer: any RESTFilter
    let inner: any RESTFilter

    func answer(
        _ call: RESTCall,
        _ context: CallContext,
        _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
    ) async throws -> RESTResponse {
        try await outer.answer(call, context) { context, outside in
            try await inner.answer(call, context) { context, inside in try await route(context, inside ?? outside) }
        }
    }
}
