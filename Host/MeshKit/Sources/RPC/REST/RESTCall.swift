public import HTTP
public import Reactor

/// What a filter knows of a request: its head and its route, nothing of its content, which is not read yet.
public struct RESTCall: Sendable {
    /// Method, target and fields as they came.
    public let head: HTTPRequestHead
    /// The peer's socket address, if the socket has one.
    public let remote: SocketAddress?
    private let target: Target

    /// What is the same for all requests of a route: made once, as each filter is handed it.
    final class Target: Sendable {
        let method: HTTPMethod
        let template: String
        let access: RESTAccess
        let quota: RESTQuota

        init(_ method: HTTPMethod, _ template: String, _ access: RESTAccess, _ quota: RESTQuota) {
            self.method = method
            self.template = template
            self.access = access
            self.quota = quota
        }
    }

    /// The route's method: GET for a HEAD request too.
    public var method: HTTPMethod { target.method }
    /// The route's template, as "/api/v1/quotes/{symbol}".
    public var template: String { target.template }
    /// Who may call the route.
    public var access: RESTAccess { target.access }
    /// Which limit counts it.
    public var quota: RESTQuota { target.quota }

    init(head: HTTPRequestHead, remote: SocketAddress?, target: Target) {
        self.head = head
        self.remote = remote
        self.target = target
    }

    /// Makes one; for tests.
    public init(
        head: HTTPRequestHead,
        remote: SocketAddress?,
        method: HTTPMethod,
        template: String,
        access: RESTAccess,
        quota: RESTQuota = .read
    ) {
        self.init(head: head, remote: remote, target: Target(method, template, access, quota))
    }
}
