import Synchronization

/// The metadata of an answer: a handler writes it, the transport sends it, and on the other side a client reads it.
/// Any thread.
public final class ResponseMetadata: Sendable {
    private struct State {
        var initial = Metadata()
        var trailing = Metadata()
    }
    private let state = Mutex(State())

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
