/// Hears of every call that ended: metrics, and whatever else wants to know. One per process, so that a call pays for
/// one.
public protocol CallObserver: Sendable {
    /// A call has ended. Called on the thread that ends it: be quick, never block.
    /// - Parameters:
    ///   - method: which.
    ///   - code: how.
    ///   - nanoseconds: how long it took, queueing included.
    ///   - local: whether the caller is a plugin of this process.
    func finished(_ method: RPCMethod, _ code: RPCError.Code, nanoseconds: UInt64, local: Bool)

    /// A call to a method that nobody serves was refused.
    func finishedUnknown()
}

extension CallObserver {
    /// Does nothing.
    public func finishedUnknown() {}
}
