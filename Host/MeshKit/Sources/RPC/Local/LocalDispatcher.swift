import Observe
import Reactor
import SwiftProtobuf

/// Calls a method of a plugin in this process: typed, nothing serialised, and otherwise like a call over a channel.
///
/// A call runs on its caller's task, or on child tasks of it. So a handler that ignores cancellation holds its caller
/// beyond the deadline: the one difference to a remote call.
final class LocalDispatcher: Sendable {
    let table: RPCServiceTable
    /// Whose calls they are.
    let caller: Caller?
    /// Which of them it may make; nil for all.
    let decisions: CallerDecisions?

    init(table: RPCServiceTable, caller: Caller?, policy: CallerPolicy?) {
        self.table = table
        self.caller = caller
        decisions = policy.map { CallerDecisions($0, caller, table) }
    }

    func unary<Q, R>(_ descriptor: MethodDescriptor<Q, R>, _ request: Q, _ context: CallContext) async throws -> R {
        let call = LocalCall(descriptor.method, context, self)
        let handler = try call.start(as: UnaryHandler<Q, R>.self)
        do {
            let response: R
            if call.context.trace.isRecorded {
                let body = handler.body
                response = try await call.serve { try await body(request, $0) }
            } else if let deadline = call.ownDeadline {
                let body = handler.body
                let inner = call.context
                response = try await Deadline.enforce(deadline) { try await body(request, inner) }
            } else {
                response = try await handler.body(request, call.context)
            }
            call.end()
            return response
        } catch {
            throw call.end(error)
        }
    }

    func clientStreaming<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ context: CallContext,
        _ send: (RPCWriter<Q>) async throws -> Void
    ) async throws -> R {
        let call = LocalCall(descriptor.method, context, self)
        let body = try call.start(as: ClientStreamingHandler<Q, R>.self).body
        let requests = LocalPipe<Q>()
        async let response = call.serve {
            try await body(RPCReader(requests), $0)
        } ended: { error in
            requests.close(error ?? CallEnded())
        }
        do {
            try await send(RPCWriter(requests, ends: true))
        } catch is CallEnded {
            // The answer is there already.
        }
        requests.finish()
        return try await response
    }

    func serverStreaming<Q, R, Result>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ request: Q,
        _ context: CallContext,
        _ receive: (RPCReader<R>) async throws -> Result
    ) async throws -> Result {
        let call = LocalCall(descriptor.method, context, self)
        let body = try call.start(as: ServerStreamingHandler<Q, R>.self).body
        let responses = LocalPipe<R>()
        async let _ = call.serve {
            try await body(request, RPCWriter(responses, ends: false), $0)
        } ended: { error in
            responses.finish(throwing: error)
        }
        defer { responses.close(RPCError.callerGone) }
        return try await receive(RPCReader(responses))
    }

    func bidirectional<Q, R, Result>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ context: CallContext,
        _ exchange: (RPCWriter<Q>, RPCReader<R>) async throws -> Result
    ) async throws -> Result {
        let call = LocalCall(descriptor.method, context, self)
        let body = try call.start(as: BidirectionalHandler<Q, R>.self).body
        let requests = LocalPipe<Q>()
        let responses = LocalPipe<R>()
        async let _ = call.serve {
            try await body(RPCReader(requests), RPCWriter(responses, ends: false), $0)
        } ended: { error in
            requests.close(error ?? CallEnded())
            responses.finish(throwing: error)
        }
        defer {
            requests.finish(throwing: RPCError.callerGone)
            responses.close(RPCError.callerGone)
        }
        return try await exchange(RPCWriter(requests, ends: true), RPCReader(responses))
    }
}

extension RPCError {
    /// What a handler sees of a caller that left before the end.
    static var callerGone: RPCError {
        RPCError(.cancelled, "the caller has gone")
    }
}
