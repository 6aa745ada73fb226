public import Reactor

/// What a gRPC server was doing at a moment.
public struct ServerSnapshot: Sendable {
    /// Where it listens; nil when it has not begun or no longer does.
    public let address: SocketAddress?
    /// The calls of all its connections, those that are gone included.
    public let calls: CallTally
    /// Handlers at work, those of dead calls included.
    public let runningCalls: Int
    /// How many connections there are.
    public let connectionCount: Int
    /// Some of them, the oldest first.
    public let connections: [ConnectionSnapshot]
    /// Why the last connection broke that did not end in order; nil while none has.
    public let lastError: String?
}
