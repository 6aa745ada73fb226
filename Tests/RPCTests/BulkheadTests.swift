import Contracts
import Reactor
import Testing

@testable import RPC

@Suite struct BulkheadTests {
    @Test func whoComesWhenItIsFullIsToldAtOnce() async throws {
        let bulkhead = Bulkhead("wallet", limit: 2)
        try bulkhead.enter()
        try bulkhead.enter()
        let error = try #require(throws: RPCError.self) { try bulkhead.enter() }
        #expect(error.code == .unavailable)
        #expect(error.reason == "unavailable")
        #expect(error.retryAfter == .seconds(1))
        #expect(bulkhead.count == 2, "a refusal takes no place")
        bulkhead.leave()
        try bulkhead.enter()
    }

    /// A slow service holds its own callers, and nobody else's.
    @Test func aSlowServiceHoldsUpOnlyItsOwn() async throws {
        let slow = RPCPeer(name: "slow")
        slow.bind(remote: Silence())
        let fast = RPCPeer(name: "fast")
        fast.bind(local: try RPCServiceTable([]))
        let held = Bulkhead("slow", limit: 3)
        let client = EchoClient(slow.bounded(by: held))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask { _ = try? await client.unary(EchoEchoRequest(), .root()) }
            }
            while held.count < 3 { await Task.yield() }
            let error = await #expect(throws: RPCError.self) { _ = try await client.unary(EchoEchoRequest(), .root()) }
            #expect(error?.reason == "unavailable")
            // The peer itself, and another service, know nothing of it.
            let other = EchoClient(fast.bounded(by: Bulkhead("fast", limit: 1)))
            let answer = await #expect(throws: RPCError.self) { _ = try await other.unary(EchoEchoRequest(), .root()) }
            #expect(answer?.code == .unimplemented)
            group.cancelAll()
        }
        #expect(held.count == 0)
    }
}

/// A service that never answers.
private struct Silence: RPCTransport {
    func unary(_ method: RPCMethod, _ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        try await Task.sleep(for: .seconds(60))
        return []
    }

    func open<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ body: (any RequestSink, any MessageSource) async throws -> Result
    ) async throws -> Result {
        throw RPCError(.unimplemented, "no streams here")
    }
}
