import Observe
import SwiftProtobuf
import Testing

@testable import RPC

@Suite("Rules of callers, near and far", .timeLimit(.minutes(1)))
struct CallerPolicyTests {
    private static let untouched = EchoFixture(
        one: { request, _ in
            Issue.record("the handler ran")
            return request
        },
        collect: { _, _ in
            Issue.record("the handler ran")
            return Text()
        },
        expand: { _, _, _ in Issue.record("the handler ran") },
        chat: { _, _, _ in Issue.record("the handler ran") }
    )

    @Test("A call of each kind that no rule allows is refused, and counted as any other", arguments: [false, true])
    func refused(far: Bool) async throws {
        let who = far ? "nobody" : "wallet"
        try await NearAndFar.with(Self.untouched, far: far, rules: "test: gateway") { both in
            let context = CallContext.root(timeout: .seconds(20))
            func refusal(_ method: String) -> RPCError {
                RPCError(.permissionDenied, "\(who) may not call /test.Echo/\(method)")
            }
            for _ in 0..<2 {
                await #expect(throws: refusal("One")) {
                    try await both.peer.unary(EchoFixture.one, Text("x"), context)
                }
            }
            await #expect(throws: refusal("Collect")) {
                try await both.peer.clientStreaming(EchoFixture.collect, context) { try await $0.write(Text("x")) }
            }
            await #expect(throws: refusal("Expand")) {
                try await both.peer.serverStreaming(EchoFixture.expand, Text("x"), context) { try await $0.next() }
            }
            await #expect(throws: refusal("Chat")) {
                try await both.peer.bidirectional(EchoFixture.chat, context) { try await $1.next() }
            }
            // Also where its time is over.
            await #expect(throws: RPCError.self) {
                try await both.peer.unary(EchoFixture.one, Text("x"), .root(timeout: .seconds(-1)))
            }
            for method in ["One", "Collect", "Expand", "Chat"] {
                // Far, the call that is late does not leave the process.
                let count = method == "One" ? far ? 2 : 3 : 1
                #expect(both.answered(method, .permissionDenied) == count, "\(method)")
                let labels = #"service="test.Echo",method="\#(method)","#
                #expect(both.value("mesh_server_call_seconds_count", labels + #"from="\#(both.way)""#) == count)
                #expect(both.value("mesh_authorization_refusals_total", labels + #"caller="\#(who)""#) == count)
            }
            guard far else { return }
            let server = await both.server.snapshot(connections: 1)
            #expect(server.calls.started == 5)
            #expect(server.calls.failed == 5)
            #expect(server.connections.first?.calls == server.calls)
            #expect(server.runningCalls == 0)
        }
    }

    @Test("Rules that change hold for the next call, and none lets all of the process in")
    func replaced() async throws {
        try await NearAndFar.with(far: false, rules: "test: gateway") { both in
            func isAllowed() async -> Bool {
                (try? await both.peer.unary(EchoFixture.one, Text("x"), .root())) == Text("x")
            }
            let policy = try #require(both.policy)
            #expect(await !isAllowed())
            for (rules, expected) in [
                ("test: wallet", true), ("test: gateway", false), ("test/test.Echo/One: wallet", true),
                ("test: wallet; test/test.Echo/One: gateway", false), ("test: *", true), ("test:", false), ("", true),
                ("other: wallet", false),
            ] {
                policy.replace(try CallerRules(parsing: rules))
                // The second time it is known.
                for _ in 0..<2 { #expect(await isAllowed() == expected, "\(rules)") }
            }
        }
    }

    @Test("A plugin calls itself, and all call what is no plugin's")
    func own() async throws {
        let metrics = MetricRegistry()
        let table = try RPCServiceTable([EchoFixture()])
        for (owner, caller, expected) in [
            ("test", "test", true), ("test", "other", false), ("else", "other", true),
        ] {
            let services = owner == "test" ? ["test.Echo": "test"] : [:]
            let policy = CallerPolicy(try CallerRules(parsing: "test: gateway"), plugins: services, metrics: metrics)
            let peer = RPCPeer(name: "test", caller: Caller(plugin: caller))
            peer.bind(local: table, policy: policy)
            let answer = try? await peer.unary(EchoFixture.one, Text("x"), .root())
            #expect((answer == Text("x")) == expected, "\(owner) called by \(caller)")
        }
    }

    @Test("A peer behind a bulkhead, or that shares calls, is its caller's all the same")
    func wrapped() async throws {
        try await NearAndFar.with(far: false, rules: "test: gateway") { both in
            let bulkhead = Bulkhead("test", limit: 1)
            for peer in [both.peer.bounded(by: bulkhead), both.peer.sharing([EchoFixture.one.method])] {
                for _ in 0..<2 {
                    await #expect(throws: RPCError(.permissionDenied, "wallet may not call /test.Echo/One")) {
                        try await peer.unary(EchoFixture.one, Text("x"), .root())
                    }
                }
            }
            #expect(bulkhead.count == 0)
        }
    }
}
