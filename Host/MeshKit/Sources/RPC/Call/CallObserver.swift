/// Wants to know of calls that this process answers: metrics. One per process, asked once for each method, so that a call
/// itself looks nothing up.
public protocol CallObserver: Sendable {
    /// Who is told of the calls of `method`.
    func recorder(of method: RPCMethod) -> any CallRecorder

    /// A call to a method that nobody serves was refused. Its name is not told: it is the caller's to invent.
    func finishedUnknown(local: Bool)
}

/// Hears of every call of one method that ended.
public protocol CallRecorder: AnyObject, Sendable {
    /// A call has ended. Called on the thread that ends it: be quick, never block.
    /// - Parameters:
    ///   - code: how.
    ///   - nanoseconds: how long it took, queueing included.
    ///   - local: whether the caller is a plugin of this process.
    ///   - bytes: how much it moved; nil within a process, where messages have no length.
    func finished(_ code: RPCError.Code, nanoseconds: UInt64, local: Bool, bytes: MessageBytes?)
}
