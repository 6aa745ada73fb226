public import Reactor

/// One request as a handler gets it: the head is complete, the content may still be arriving.
public struct HTTPRequest: Sendable {
    /// Method, target and fields.
    public var head: HTTPRequestHead
    /// The content; reading it is what gives the peer room to send more.
    public let body: HTTPBody
    /// The peer's socket address, if the socket has one.
    public let remote: SocketAddress?
    /// Serves it; nil for a request that a test made.
    private let exchange: HTTPExchange?

    /// Makes a request; tests make theirs with `HTTPBody(bytes)`.
    public init(head: HTTPRequestHead, body: HTTPBody = HTTPBody(), remote: SocketAddress? = nil) {
        self.head = head
        self.body = body
        self.remote = remote
        exchange = nil
    }

    init(head: HTTPRequestHead, body: HTTPBody, exchange: HTTPExchange) {
        self.head = head
        self.body = body
        remote = exchange.remote
        self.exchange = exchange
    }

    /// When it came, where it waited before it came to the handler.
    package var arrived: MonotonicTime? { exchange?.arrived }

    /// Cancels the handler's task at `deadline` if it has not ended by then; it can still answer. From the handler, once.
    /// - Returns: whether somebody will: not for a request that a test made.
    package func cancelHandler(at deadline: MonotonicTime) -> Bool {
        exchange?.cancelHandler(at: deadline) ?? false
    }
}
