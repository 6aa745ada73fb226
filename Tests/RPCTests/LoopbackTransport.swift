@testable import RPC

/// A transport that takes the bytes straight to the handlers: the remote path of `RPCPeer` without a network.
struct LoopbackTransport: RPCTransport {
    let table: RPCServiceTable

    func unary(_ method: RPCMethod, _ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        do {
            return try await handler(method).invokeUnary(message, context.callee(nil, enforced: context.deadline))
        } catch {
            throw RPCError(mapping: error)
        }
    }

    func open<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ body: (any RequestSink, any MessageSource) async throws -> Result
    ) async throws -> Result {
        let handler = try handler(method)
        let requests = LocalPipe<[UInt8]>()
        let responses = LocalPipe<[UInt8]>()
        async let _ = {
            do {
                let inner = context.callee(nil, enforced: context.deadline)
                try await handler.invokeStreaming(PipeSource(pipe: requests), PipeSink(pipe: responses), inner)
                requests.close(CallEnded())
                responses.finish()
            } catch {
                requests.close(RPCError(mapping: error))
                responses.finish(throwing: RPCError(mapping: error))
            }
        }()
        return try await body(PipeSink(pipe: requests), PipeSource(pipe: responses))
    }

    private func handler(_ method: RPCMethod) throws -> MethodHandler {
        guard let handler = table.handler(for: method) else { throw RPCError(.unimplemented, method.path) }
        return handler
    }
}
