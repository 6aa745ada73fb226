import Contracts
import RPC
import SwiftProtobuf
import Testing

/// The stubs that `Protos/generate` makes, over both kinds of peer.
@Suite(.timeLimit(.minutes(1))) struct ContractTests {
    private struct Echo: EchoServing {
        func unary(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
            .with { $0.text = request.text }
        }

        func chat(
            _ requests: RPCReader<EchoEchoRequest>,
            _ responses: RPCWriter<EchoEchoResponse>,
            _ context: CallContext
        ) async throws {
            for try await request in requests {
                try await responses.write(.with { $0.text = request.text })
            }
        }
    }

    @Test(arguments: [false, true]) func generatedStubs(remote: Bool) async throws {
        let peer = RPCPeer(name: "echo")
        let table = try RPCServiceTable([Echo()])
        if remote {
            peer.bind(remote: LoopbackTransport(table: table))
        } else {
            peer.bind(local: table)
        }
        let client = EchoClient(peer)
        let context = CallContext.root(timeout: .seconds(30))
        #expect(try await client.unary(.with { $0.text = "ñ" }, context).text == "ñ")
        let texts = try await client.chat(context) { writer, reader in
            var texts: [String] = []
            for text in ["a", "b"] {
                try await writer.write(.with { $0.text = text })
                texts.append(try await reader.next()?.text ?? "-")
            }
            return texts
        }
        #expect(texts == ["a", "b"])
        let error = await #expect(throws: RPCError.self) {
            try await client.expand(.init(), context) { try await $0.next()?.text }
        }
        #expect(error?.code == .unimplemented)
    }
}
