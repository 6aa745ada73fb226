import GRPCCore

/// lonja.test.v1.Echo: says back what it is told, once or often.
struct EchoService: RegistrableRPCService {
    private static let unary = MethodDescriptor(fullyQualifiedService: "lonja.test.v1.Echo", method: "Unary")
    private static let expand = MethodDescriptor(fullyQualifiedService: "lonja.test.v1.Echo", method: "Expand")

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(forMethod: Self.unary, deserializer: EchoCoding(), serializer: EchoCoding()) {
            request,
            _ in
            let one = try await ServerRequest(stream: request)
            return StreamingServerResponse(single: ServerResponse(message: EchoMessage(text: one.message.text)))
        }
        router.registerHandler(forMethod: Self.expand, deserializer: EchoCoding(), serializer: EchoCoding()) {
            request,
            _ in
            let one = try await ServerRequest(stream: request).message
            return StreamingServerResponse { writer in
                for _ in 0..<one.count { try await writer.write(EchoMessage(text: one.text)) }
                return [:]
            }
        }
    }
}
