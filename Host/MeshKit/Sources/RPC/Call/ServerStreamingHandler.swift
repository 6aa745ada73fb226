import SwiftProtobuf

/// The handler of a server-streaming method.
// Proof of @unchecked: see `MethodHandler`.
final class ServerStreamingHandler<Request: Message & Sendable, Response: Message & Sendable>:
    MethodHandler, @unchecked Sendable
{
    let body: @Sendable (Request, RPCWriter<Response>, CallContext) async throws -> Void

    init(
        _ method: RPCMethod,
        _ body: @escaping @Sendable (Request, RPCWriter<Response>, CallContext) async throws -> Void
    ) {
        self.body = body
        super.init(method)
    }

    override func invokeStreaming(
        _ input: any MessageSource,
        _ output: any MessageSink,
        _ context: CallContext
    ) async throws {
        let request: Request = try await MessageCoding.only(input)
        try await body(request, RPCWriter(output) { try MessageCoding.encode($0) }, context)
    }
}
