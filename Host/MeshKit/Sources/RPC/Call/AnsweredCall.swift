import Logging
import Observe
import Reactor

/// The step around every call that this process answers: rules and deadline before the handler, status, log, metrics and
/// span after it. The same for a caller in this process and for one beyond a connection; one step and not
/// five, as every call pays for it.
struct AnsweredCall: Sendable {
    let handler: MethodHandler
    /// The handler's.
    let context: CallContext
    let begun: MonotonicTime
    let isLocal: Bool

    init(_ handler: MethodHandler, _ context: CallContext, begun: MonotonicTime, isLocal: Bool) {
        self.handler = handler
        self.context = context
        self.begun = begun
        self.isLocal = isLocal
    }

    /// Lets the call in, or says what its caller is told instead.
    /// - Parameter decisions: who its caller may call; nil for everybody.
    @inline(__always)
    func admit(_ decisions: CallerDecisions?, now: MonotonicTime) throws(RPCError) {
        try decisions?.check(handler)
        if let deadline = context.deadline, deadline <= now { throw .deadlineExceeded }
    }

    /// What the caller is told of an error; the log has what it is not told.
    func status(of error: any Error) -> RPCError {
        if error is CancellationError, context.isExpired { return .deadlineExceeded }
        if RPCError.hides(error) {
            context.logger.error(
                "a handler threw",
                metadata: ["method": "\(handler.method.path)", "error": "\(String(reflecting: error))"]
            )
        }
        return RPCError(mapping: error)
    }

    /// The call has ended, with OK or as its caller is told.
    /// - Parameter bytes: what went over a connection; nil where there is none.
    func ended(_ error: RPCError?, _ bytes: MessageBytes? = nil) {
        let code = error?.code ?? .ok
        let nanoseconds = MonotonicTime.now().nanoseconds &- begun.nanoseconds
        handler.recorder?.finished(code, nanoseconds: nanoseconds, local: isLocal, bytes: bytes)
        if context.trace.isRecorded {
            Tracer.process.record(
                .ofCall("Recv", handler.method, context.trace, .server, code, nanoseconds, isLocal: isLocal)
            )
        }
        if CallContext.logsCalls { log(code, nanoseconds) }
    }

    private func log(_ code: RPCError.Code, _ nanoseconds: UInt64) {
        context.logger.debug(
            "answered",
            metadata: [
                "method": "\(handler.method.path)", "code": "\(code)", "from": "\(isLocal ? "local" : "remote")",
                "took": "\(Duration.nanoseconds(Int64(clamping: nanoseconds)))",
            ]
        )
    }
}
