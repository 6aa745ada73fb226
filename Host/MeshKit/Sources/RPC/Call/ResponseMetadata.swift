internal import Synchronization

/// What goes with the answer to a call besides its messages: a handler writes it, the transport sends it, and on the
/// other side a client reads it. Any thread.
public final class ResponseMetadata: Sendable {
    private struct State {
        var initial = Metadata()
        var trailing = Metadata()
        var pushback: RetryPushback?
    }
    private let state = Mutex(State())
    private let wanted = Atomic<UInt8>(MessageCompression.automatic.rawValue)
    private let wasCompressed = Atomic<Bool>(false)

    /// Nothing in it yet.
    public init() {}

    /// Comes before the first message. A server sends it with the first message, or with the end: what is set later is
    /// lost.
    public var initial: Metadata {
        get { state.withLock { $0.initial } }
        set { state.withLock { $0.initial = newValue } }
    }

    /// Comes with the status.
    public var trailing: Metadata {
        get { state.withLock { $0.trailing } }
        set { state.withLock { $0.trailing = newValue } }
    }

    /// What the server says of trying again; sent with a status other than OK.
    public var retryPushback: RetryPushback? {
        get { state.withLock { $0.pushback } }
        set { state.withLock { $0.pushback = newValue } }
    }

    /// Whether the messages that a handler sends from now on are compressed. That any may be is said with the first: who
    /// sends it as it is, and compresses a later one, sets this to anything but `.automatic` before.
    public var compression: MessageCompression {
        get { MessageCompression(rawValue: wanted.load(ordering: .relaxed)) ?? .automatic }
        set { wanted.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Whether the message that was read last was compressed on its way: for a handler a request, for a client an answer.
    public internal(set) var lastMessageWasCompressed: Bool {
        get { wasCompressed.load(ordering: .relaxed) }
        set { wasCompressed.store(newValue, ordering: .relaxed) }
    }

    /// Changes the initial metadata in one step.
    public func updateInitial<E: Error>(_ change: (inout Metadata) throws(E) -> Void) throws(E) {
        var copy = initial
        try change(&copy)
        initial = copy
    }

    /// Changes the trailing metadata in one step.
    public func updateTrailing<E: Error>(_ change: (inout Metadata) throws(E) -> Void) throws(E) {
        var copy = trailing
        try change(&copy)
        trailing = copy
    }
}
