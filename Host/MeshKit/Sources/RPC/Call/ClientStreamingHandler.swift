import SwiftProtobuf

/// The handler of a client-streaming method.
// Proof of @unchecked: see `MethodHandler`.
final class ClientStreamingHandler<Request: Message & Sendable, Response: Message & Sendable>:
    MethodHandler, @unchecked Sendable
{
    let body: @Sendable (RPCReader<Request>, CallContext) async throws -> Response

    init(
        _ method: RPCMethod,
        _ body: @escaping @Sendable (RPCReader<Request>, CallContext) async throws -> Response
    ) {
        self.body = body
        super.init(method)
    }

    override func invokeStreaming(
        _ input: any MessageSource,
        _ output: any MessageSink,
        _ context: CallContext
    ) async throws {
        let response = try await body(RPCReader(input) { try MessageCoding.decode($0) }, context)
        try await output.send(MessageCoding.encode(response))
    }
}
