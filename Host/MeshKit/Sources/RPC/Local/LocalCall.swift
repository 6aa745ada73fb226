import Observe
import Reactor

/// One call inside the process, from its checks to its status.
struct LocalCall: Sendable {
    /// What the handler sees.
    let context: CallContext
    /// The deadline that this call has to enforce by itself.
    let ownDeadline: MonotonicTime?
    private let method: RPCMethod
    private let dispatcher: LocalDispatcher
    /// The caller's side of it, where it is recorded: metrics are the callee's alone.
    private let sent: SentCall?
    private let answered: AnsweredCall?
    private let begun: MonotonicTime

    init(_ method: RPCMethod, _ caller: CallContext, _ dispatcher: LocalDispatcher) {
        self.method = method
        self.dispatcher = dispatcher
        var caller = caller
        if caller.trace.isRecorded {
            let sent = SentCall(method, caller, nil, isLocal: true)
            self.sent = sent
            caller = sent.context
        } else {
            sent = nil
        }
        let ownDeadline = caller.ownDeadline
        self.ownDeadline = ownDeadline
        let context = caller.callee(dispatcher.caller, enforced: ownDeadline ?? caller.enforced)
        self.context = context
        let begun = MonotonicTime.now()
        self.begun = begun
        answered = dispatcher.table.handler(for: method).map { AnsweredCall($0, context, begun: begun, isLocal: true) }
    }

    /// The handler; throws what a call fails with before any code of its callee runs.
    func start<Handler: MethodHandler>(as type: Handler.Type) throws -> Handler {
        do {
            try Task.checkCancellation()
            guard let answered else {
                throw RPCError(.unimplemented, "no method \(method.path)")
            }
            try answered.admit(dispatcher.decisions, now: begun)
            // A descriptor and the handler registered with it have the same types: `RPCRoutes` saw to it.
            if answered.handler.method === method {
                return unsafeDowncast(answered.handler, to: Handler.self)
            }
            guard let handler = answered.handler as? Handler else {
                throw RPCError(.internalError, "\(method.path) is registered with other messages")
            }
            return handler
        } catch {
            throw end(error)
        }
    }

    /// Runs a streaming handler on the current task, with the deadline if nobody else minds it.
    /// - Parameter ended: called once, when the caller's side has to know, with nil for OK.
    func serve<R: Sendable>(
        _ body: @escaping @Sendable (CallContext) async throws -> R,
        ended: @Sendable (RPCError?) -> Void
    ) async throws -> R {
        do {
            let result = try await serve(body)
            end()
            ended(nil)
            return result
        } catch {
            let mapped = end(error)
            ended(mapped)
            throw mapped
        }
    }

    /// Runs any handler, as `serve` and those who end the call themselves.
    func serve<R: Sendable>(_ body: @escaping @Sendable (CallContext) async throws -> R) async throws -> R {
        let context = context
        guard let ownDeadline else { return try await Self.run(context, body) }
        return try await Deadline.enforce(ownDeadline) { try await Self.run(context, body) }
    }

    private static func run<R: Sendable>(
        _ context: CallContext,
        _ body: @escaping @Sendable (CallContext) async throws -> R
    ) async throws -> R {
        guard context.trace.isRecorded else { return try await body(context) }
        return try await CurrentTrace.with(context.trace) { try await body(context) }
    }

    /// The call has ended with OK.
    func end() {
        report(nil)
    }

    /// The call has ended with an error: gives what its caller is told, the same as over a channel.
    func end(_ error: any Error) -> RPCError {
        let status = answered?.status(of: error) ?? RPCError(mapping: error)
        report(status)
        return status
    }

    private func report(_ error: RPCError?) {
        if let answered { answered.ended(error) } else { dispatcher.table.observer?.finishedUnknown(local: true) }
        sent?.ended(error?.code ?? .ok)
    }
}
