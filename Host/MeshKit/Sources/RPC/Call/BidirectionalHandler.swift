import SwiftProtobuf

/// The handler of a bidirectional method.
// Proof of @unchecked: see `MethodHandler`.
final class BidirectionalHandler<Request: Message & Sendable, Response: Message & Sendable>:
    MethodHandler, @unchecked Sendable
{
    let body: @Sendable (RPCReader<Request>, RPCWriter<Response>, CallContext) async throws -> Void

    init(
        _ method: RPCMethod,
        _ body: @escaping @Sendable (RPCReader<Request>, RPCWriter<Response>, CallContext) async throws -> Void
    ) {
        self.body = body
        super.init(method)
    }

    override func invokeStreaming(
        _ input: any MessageSource,
        _ output: any MessageSink,
        _ context: CallContext
    ) async throws {
        try await body(
            RPCReader(input) { try MessageCoding.decode($0) },
            RPCWriter(output) { try MessageCoding.encode($0) },
            context
        )
    }
}
