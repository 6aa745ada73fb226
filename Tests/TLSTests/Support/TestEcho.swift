import RPC
import SwiftProtobuf

typealias Text = Google_Protobuf_StringValue

/// A service that says who calls it, and sends back what it is sent.
struct TestEcho: RPCService {
    static let serviceDescriptor = ServiceDescriptor(
        name: "test.v1.Echo",
        methodCount: 3,
        file: FileDescriptorBytes(name: "test.proto", base64: "")
    )
    static let who = MethodDescriptor<Text, Text>(
        service: "test.v1.Echo",
        name: "Who",
        index: 0,
        kind: .unary,
        idempotent: false
    )
    static let echo = MethodDescriptor<Text, Text>(
        service: "test.v1.Echo",
        name: "Echo",
        index: 1,
        kind: .unary,
        idempotent: false
    )
    static let many = MethodDescriptor<Text, Text>(
        service: "test.v1.Echo",
        name: "Many",
        index: 2,
        kind: .bidirectional,
        idempotent: false
    )

    func register(in routes: inout RPCRoutes) {
        routes.unary(Self.who) { _, context in Text(context.caller?.description ?? "nobody") }
        routes.unary(Self.echo) { request, _ in request }
        routes.bidirectional(Self.many) { reader, writer, _ in
            for try await text in reader { try await writer.write(text) }
        }
    }
}
