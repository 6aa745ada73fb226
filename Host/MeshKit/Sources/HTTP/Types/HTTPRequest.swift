public import Reactor

/// One request as a handler gets it: the head is complete, the content may still be arriving.
public struct HTTPRequest: Sendable {
    /// Method, target and fields.
    public var head: HTTPRequestHead
    /// The content; reading it is what gives the peer room to send more.
    public let body: HTTPBody
    /// The peer's socket address, if the socket has one.
    public let remote: SocketAddress?

    /// Makes a request; tests make theirs with `HTTPBody(bytes)`.
    public init(head: HTTPRequestHead, body: HTTPBody = HTTPBody(), remote: SocketAddress? = nil) {
        self.head = head
        self.body = body
        self.remote = remote
    }
}
