import SwiftProtobuf
import Testing

@testable import RPC

@Suite("Who calls, within a process")
struct CallerTests {
    @Test("A handler sees which plugin calls it")
    func local() async throws {
        var service = EchoFixture()
        service.one = { _, context in Text(context.caller?.description ?? "nobody") }
        service.expand = { _, writer, context in try await writer.write(Text(context.caller?.description ?? "nobody")) }
        let table = try RPCServiceTable([service])
        for (caller, expected) in [(Caller(plugin: "wallet"), "wallet"), (nil, "nobody")] {
            let peer = RPCPeer(name: "test", caller: caller)
            peer.bind(local: table)
            let context = CallContext.root()
            let one = try await peer.unary(EchoFixture.one, Text(""), context)
            #expect(one == Text(expected))
            let timed = try await peer.unary(EchoFixture.one, Text(""), context.with(timeout: .seconds(5)))
            #expect(timed == Text(expected))
            let streamed = try await peer.serverStreaming(EchoFixture.expand, Text(""), context) { try await $0.next() }
            #expect(streamed == Text(expected))
        }
    }
}
