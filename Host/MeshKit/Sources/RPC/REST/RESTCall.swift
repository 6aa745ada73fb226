public import HTTP
public import Reactor

/// What a filter knows of a request: its head and its route, nothing of its content, which is not read yet.
public struct RESTCall: Sendable {
    /// Method, target and fields as they came.
    public let head: HTTPRequestHead
    /// The peer's socket address, if the socket has one.
    public let remote: SocketAddress?
    /// The route's method: GET for a HEAD request too.
    public let method: HTTPMethod
    /// The route's template, as "/api/v1/quotes/{symbol}".
    public let template: String
    /// Who may call the route.
    public let access: RESTAccess
    /// Which limit counts it.
    public let quota: RESTQuota

    /// Makes one; for tests.
    public init(
        head: HTTPRequestHead,
        remote: SocketAddress?,
        method: HTTPMethod,
        template: String,
        access: RESTAccess,
        quota: RESTQuota = .read
    ) {
        self.head = head
        self.remote = remote
        self.method = method
        self.template = template
        self.access = access
        self.quota = quota
    }
}
