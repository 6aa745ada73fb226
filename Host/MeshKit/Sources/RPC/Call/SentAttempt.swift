import Observe

/// The step around one attempt that a channel makes for a call: metrics, and a span below that of the call where it is
/// recorded (gRFC A72).
struct SentAttempt {
    private let method: RPCMethod
    /// What the attempt is made with.
    let context: CallContext
    private let recorder: ClientMethodMetrics?

    init(_ method: RPCMethod, _ context: CallContext, _ metrics: ClientCallMetrics?) {
        self.method = method
        recorder = metrics?.of(method)
        var context = context
        if context.trace.isRecorded { context.trace = context.trace.child() }
        self.context = context
    }

    func ended(_ result: Result<Void, RPCError>, nanoseconds: UInt64, _ bytes: MessageBytes) {
        let code =
            switch result {
            case .success: RPCError.Code.ok
            case .failure(let error): error.code
            }
        recorder?.attemptEnded(code, nanoseconds: nanoseconds, bytes)
        if context.trace.isRecorded {
            Tracer.process.record(
                .ofCall("Attempt", method, context.trace, .client, code, nanoseconds, isLocal: false)
            )
        }
    }
}
