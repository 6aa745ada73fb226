public import Observe
public import Reactor

/// What goes with a call besides its message. Passed on explicitly: a handler gives its own context to the calls it
/// makes, and deadline and trace flow on.
///
/// Cheap to make and to copy: nothing in it is computed before it is asked for.
public struct CallContext: Sendable {
    /// Who made the call.
    public enum Peer: Sendable, Hashable {
        /// A plugin of this process.
        case local
        /// A connection; nil where the socket has no address.
        case remote(SocketAddress?)
    }

    /// What seldom changes on the way. A class: a context is copied more often than it is made.
    private final class Origin: Sendable {
        let metadata: Metadata
        let trace: TraceContext
        let peer: Peer?
        let caller: Caller?
        let response: ResponseMetadata?
        let received: ResponseMetadata?
        let waitsForReady: Bool

        init(
            _ metadata: Metadata,
            _ trace: TraceContext,
            _ peer: Peer?,
            _ caller: Caller?,
            _ response: ResponseMetadata?,
            _ received: ResponseMetadata? = nil,
            _ waitsForReady: Bool = false
        ) {
            self.metadata = metadata
            self.trace = trace
            self.peer = peer
            self.caller = caller
            self.response = response
            self.received = received
            self.waitsForReady = waitsForReady
        }
    }

    private var origin: Origin
    /// When the call must have ended; nil for never. It only gets earlier on the way: ``with(timeout:)``.
    public private(set) var deadline: MonotonicTime?
    /// What is sent with the calls made with this context. Starts empty: metadata isn't passed on by itself.
    public var outgoing = Metadata()
    /// Whether the requests of the calls made with this context are compressed. Not passed on either.
    public var compression = MessageCompression.automatic

    /// What the caller sent.
    public var metadata: Metadata { origin.metadata }
    /// Who called; nil in a context that didn't come from a call.
    public var peer: Peer? { origin.peer }
    /// Who called, if that is proven: by TLS with certificates of both sides, or because it is a plugin of this process.
    public var caller: Caller? { origin.caller }
    /// Where a handler puts the metadata of its answer; nil when nobody would read it.
    public var response: ResponseMetadata? { origin.response }

    /// The trace, and the span this call is.
    public var trace: TraceContext {
        get { origin.trace }
        set { origin = Origin(metadata, newValue, peer, caller, response, received, waitsForReady) }
    }

    /// Where the metadata of the answers to calls made with this context goes; nil when it isn't wanted.
    public var received: ResponseMetadata? {
        get { origin.received }
        set { origin = Origin(metadata, trace, peer, caller, response, newValue, waitsForReady) }
    }

    /// Whether calls made with this context to a service that cannot be reached wait until it can, or their deadline has
    /// passed, instead of failing at once. Not passed on. A call should have a deadline then.
    public var waitsForReady: Bool {
        get { origin.waitsForReady }
        set { origin = Origin(metadata, trace, peer, caller, response, received, newValue) }
    }

    /// The deadline that whoever runs the current task already enforces: a call that doesn't ask for less needs no
    /// timer of its own.
    private(set) var enforced: MonotonicTime?

    /// A context of an incoming call whose deadline the caller of this initialiser enforces, by cancelling the
    /// handler's task.
    public init(
        incoming metadata: Metadata,
        deadline: MonotonicTime?,
        trace: TraceContext,
        peer: Peer?,
        caller: Caller? = nil,
        response: ResponseMetadata?
    ) {
        self.init(
            metadata: metadata,
            deadline: deadline,
            enforced: deadline,
            trace: trace,
            peer: peer,
            caller: caller,
            response: response
        )
    }

    init(
        metadata: Metadata,
        deadline: MonotonicTime?,
        enforced: MonotonicTime?,
        trace: TraceContext,
        peer: Peer?,
        caller: Caller?,
        response: ResponseMetadata?
    ) {
        origin = Origin(metadata, trace, peer, caller, response)
        self.deadline = deadline
        self.enforced = enforced
    }

    /// A context for work that no call started: a new trace.
    /// - Parameter timeout: how long the calls made with it may take together.
    public static func root(timeout: Duration? = nil) -> CallContext {
        CallContext(
            metadata: Metadata(),
            deadline: timeout.map { MonotonicTime.now().advanced(by: $0) },
            enforced: nil,
            trace: .root(),
            peer: nil,
            caller: nil,
            response: nil
        )
    }

    /// The same with a deadline `timeout` from now, unless the present one is earlier.
    public func with(timeout: Duration) -> CallContext {
        with(deadline: MonotonicTime.now().advanced(by: timeout))
    }

    /// The same with this deadline, unless the present one is earlier.
    func with(deadline wanted: MonotonicTime) -> CallContext {
        var copy = self
        copy.deadline = deadline.map { min($0, wanted) } ?? wanted
        return copy
    }

    /// The same for work that must not stop half-way, even if whoever asked for it goes away: with a deadline of its own.
    public func detached(timeout: Duration) -> CallContext {
        var copy = self
        copy.deadline = MonotonicTime.now().advanced(by: timeout)
        copy.enforced = nil
        return copy
    }

    /// The same with a deadline `timeout` from now that is left to channels and stores, which the call waits for: nobody
    /// cancels a handler of this process then. Such a call needs neither a timer nor tasks of its own, which cost more
    /// than many a call; it is for calls of every request.
    public func waiting(_ timeout: Duration) -> CallContext {
        var copy = with(timeout: timeout)
        copy.enforced = copy.deadline
        return copy
    }

    /// The same with a deadline that whoever runs the current task enforces.
    func enforcing(_ deadline: MonotonicTime) -> CallContext {
        var copy = self
        copy.deadline = deadline
        copy.enforced = deadline
        return copy
    }

    /// The time left: nil without a deadline, negative after it.
    public var timeLeft: Duration? {
        deadline.map { MonotonicTime.now().duration(to: $0) }
    }

    /// Whether the deadline has passed.
    public var isExpired: Bool {
        guard let deadline else { return false }
        return deadline <= MonotonicTime.now()
    }

    /// What the handler of a call made with this context sees, in this process.
    func callee(_ caller: Caller?, enforced: MonotonicTime?) -> CallContext {
        CallContext(
            metadata: outgoing,
            deadline: deadline,
            enforced: enforced,
            trace: trace.child(),
            peer: .local,
            caller: caller,
            response: received
        )
    }

    /// The deadline a call made with this context has to enforce by itself; nil when there is none, or when whoever
    /// runs the present task enforces one that comes as early.
    var ownDeadline: MonotonicTime? {
        guard let deadline else { return nil }
        if let enforced, enforced <= deadline { return nil }
        return deadline
    }
}
