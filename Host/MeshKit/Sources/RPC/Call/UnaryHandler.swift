import SwiftProtobuf

/// The handler of a unary method.
// Proof of @unchecked: see `MethodHandler`.
final class UnaryHandler<Request: Message & Sendable, Response: Message & Sendable>:
    MethodHandler, @unchecked Sendable
{
    let body: @Sendable (Request, CallContext) async throws -> Response

    init(_ method: RPCMethod, _ body: @escaping @Sendable (Request, CallContext) async throws -> Response) {
        self.body = body
        super.init(method)
    }

    override func invokeUnary(_ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        try await MessageCoding.encode(body(MessageCoding.decode(message), context))
    }

    override func invokeStreaming(
        _ input: any MessageSource,
        _ output: any MessageSink,
        _ context: CallContext
    ) async throws {
        let response = try await body(MessageCoding.only(input), context)
        try await output.send(MessageCoding.encode(response))
    }
}
