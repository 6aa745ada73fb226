public import Reactor

/// Takes requests without content that can wait for their answer without a task each; false for one that cannot, which the
/// handler answers then. It is asked within the reading of the connection, and must be quick.
public typealias HTTPSeating = @Sendable (HTTPSeat) -> Bool

/// A request that waits for its answer without a task: whoever took it calls `answer` or `decline`, once, in a later step of
/// its loop. Loop only.
public struct HTTPSeat: Sendable {
    private let exchange: HTTPExchange

    init(_ exchange: HTTPExchange) { self.exchange = exchange }

    /// Method, target and fields.
    public var head: HTTPRequestHead { exchange.head }
    /// The peer's socket address, if the socket has one.
    public var remote: SocketAddress? { exchange.remote }
    /// The loop that it waits on.
    public var loop: EventLoop { exchange.loop }

    /// Nanoseconds since it came.
    package func age(at now: MonotonicTime) -> UInt64 {
        exchange.arrived.map { now.nanoseconds &- $0.nanoseconds } ?? 0
    }

    /// Sends an answer that others get too, and what is this request's alone.
    public func answer(_ answer: HTTPPreparedResponse, adding fields: HTTPFields) {
        exchange.answer(answer, adding: fields)
    }

    /// Leaves the request to the handler after all.
    public func decline() { exchange.begin() }
}
