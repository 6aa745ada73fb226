import Observe
import Reactor

/// The step around every call that this process makes: its span where it is recorded, and where it leaves the process its
/// metrics. What a call's channel does for it, one attempt or several, is counted apart.
struct SentCall: Sendable {
    private let method: RPCMethod
    /// What the call is made with.
    let context: CallContext
    private let begun: MonotonicTime
    private let recorder: ClientMethodMetrics?
    private let isLocal: Bool

    init(_ method: RPCMethod, _ context: CallContext, _ metrics: ClientCallMetrics?, isLocal: Bool) {
        self.method = method
        recorder = metrics?.of(method)
        self.isLocal = isLocal
        begun = .now()
        var context = context
        if context.trace.isRecorded { context.trace = context.trace.child() }
        self.context = context
    }

    func ended(_ code: RPCError.Code) {
        let nanoseconds = MonotonicTime.now().nanoseconds &- begun.nanoseconds
        recorder?.callEnded(code, nanoseconds: nanoseconds)
        guard context.trace.isRecorded else { return }
        Tracer.process.record(.ofCall("Sent", method, context.trace, .client, code, nanoseconds, isLocal: isLocal))
    }

    /// Makes a call within the step.
    static func around<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ metrics: ClientCallMetrics?,
        isLocal: Bool,
        _ body: (CallContext) async throws -> Result
    ) async throws -> Result {
        let call = SentCall(method, context, metrics, isLocal: isLocal)
        do {
            let result = try await body(call.context)
            call.ended(.ok)
            return result
        } catch {
            // What else a caller's own closure throws ends the call by leaving it.
            call.ended((error as? RPCError)?.code ?? .cancelled)
            throw error
        }
    }
}
