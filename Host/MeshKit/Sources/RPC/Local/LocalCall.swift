import Logging
import Reactor

/// One call inside the process, from its checks to its status.
struct LocalCall: Sendable {
    private let method: RPCMethod
    private let table: RPCServiceTable
    private let caller: Caller?
    private let found: MethodHandler?
    private let begun: MonotonicTime?

    init(_ method: RPCMethod, _ context: CallContext, _ table: RPCServiceTable, _ caller: Caller?) {
        self.method = method
        self.caller = caller
        self.table = table
        found = table.handler(for: method)
        // The clock is read only for those who want to know.
        begun = found?.recorder != nil || context.deadline != nil ? .now() : nil
    }

    /// The handler; throws what a call fails with before any code of its callee runs.
    func start<Handler: MethodHandler>(_ context: CallContext, as type: Handler.Type) throws -> Handler {
        do {
            try Task.checkCancellation()
            if let begun, let deadline = context.deadline, deadline <= begun {
                throw RPCError.deadlineExceeded
            }
            guard let handler = found else {
                throw RPCError(.unimplemented, "no method \(method.path)")
            }
            // A descriptor and the handler registered with it have the same types: `RPCRoutes` saw to it.
            if handler.method === method {
                return unsafeDowncast(handler, to: Handler.self)
            }
            guard let handler = handler as? Handler else {
                throw RPCError(.internalError, "\(method.path) is registered with other messages")
            }
            return handler
        } catch {
            throw end(error, context)
        }
    }

    /// Runs a streaming handler on the current task, with the deadline if nobody else minds it.
    /// - Parameter ended: called once, when the caller's side has to know, with nil for OK.
    func serve<R: Sendable>(
        _ context: CallContext,
        _ body: @escaping @Sendable (CallContext) async throws -> R,
        ended: @Sendable (RPCError?) -> Void
    ) async throws -> R {
        do {
            let result: R
            if let deadline = context.ownDeadline {
                let inner = context.callee(caller, enforced: deadline)
                result = try await Deadline.enforce(deadline) { try await body(inner) }
            } else {
                result = try await body(context.callee(caller, enforced: context.enforced))
            }
            end()
            ended(nil)
            return result
        } catch {
            let mapped = end(error, context)
            ended(mapped)
            throw mapped
        }
    }

    /// The call has ended with OK.
    func end() {
        report(.ok)
    }

    /// The call has ended with an error: gives what its caller is told, the same as over a channel.
    func end(_ error: any Error, _ context: CallContext) -> RPCError {
        var mapped = RPCError(mapping: error)
        if error is CancellationError, context.isExpired {
            mapped = .deadlineExceeded
        }
        if RPCError.hides(error) {
            context.logger.error(
                "a handler failed",
                metadata: ["method": .string(method.path), "error": .string(String(describing: error))]
            )
        }
        report(mapped.code)
        return mapped
    }

    private func report(_ code: RPCError.Code) {
        guard let found else {
            table.observer?.finishedUnknown()
            return
        }
        guard let recorder = found.recorder, let begun else { return }
        recorder.finished(code, nanoseconds: MonotonicTime.now().nanoseconds &- begun.nanoseconds, local: true)
    }
}
