import Contracts
import Reactor
import SwiftProtobuf
import Synchronization
import Testing

@testable import RPC

@Suite struct SharedCallsTests {
    /// A source whose value changes, and that says how often it was read.
    final class Source: Sendable {
        let value = Mutex(0)
        let reads = Mutex(0)
        let failures = Mutex(0)

        func read() async throws -> Int {
            reads.withLock { $0 += 1 }
            let value = value.withLock { $0 }
            for _ in 0..<20 { await Task.yield() }
            if failures.withLock({ $0 > 0 ? ($0 -= 1, true).1 : false }) { throw RPCError(.unavailable, "not now") }
            return value
        }
    }

    @Test func manyWhoAskAtOnceShareOneCall() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let (source, calls) = (Source(), SharedCalls<Int, Int>())
        try await group.loops[0].run {
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<50 { tasks.addTask { try await calls.value(0) { try await source.read() } } }
                for try await value in tasks { #expect(value == 0) }
            }
        }
        #expect(source.reads.withLock { $0 } <= 2)
    }

    /// What was written before it was asked for is in every answer, whoever made the call.
    @Test func noAnswerIsOlderThanItsQuestion() async throws {
        let group = try EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let (source, calls) = (Source(), SharedCalls<Int, Int>())
        await withTaskGroup(of: Void.self) { tasks in
            for loop in group.loops {
                for _ in 0..<20 {
                    tasks.addTask {
                        try? await loop.run {
                            for _ in 0..<50 {
                                let written = source.value.withLock { value in
                                    value += 1
                                    return value
                                }
                                let read = try await calls.value(0) { try await source.read() }
                                #expect(read >= written)
                            }
                        }
                    }
                }
            }
        }
        let reads = source.reads.withLock { $0 }
        #expect(reads < 2000, "\(reads) calls for 2000 questions")
    }

    @Test func whoCameAlongWithACallThatFailedMakesHisOwn() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let (source, calls) = (Source(), SharedCalls<Int, Int>())
        source.failures.withLock { $0 = 1 }
        let failed = try await group.loops[0].run {
            await withTaskGroup(of: Bool.self) { tasks in
                for _ in 0..<10 {
                    tasks.addTask { (try? await calls.value(0) { try await source.read() }) == nil }
                }
                return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }
        #expect(failed == 1)
    }

    @Test func equalReadsOfAPeerAreOneCallAndOthersAreTheirOwn() async throws {
        let transport = Counting()
        let peer = RPCPeer(name: "echo")
        peer.bind(remote: transport)
        let shared = peer.sharing([Self.read.method])
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        try await group.loops[0].run {
            try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for number in 0..<40 {
                    tasks.addTask {
                        var request = EchoEchoRequest()
                        request.text = "\(number % 2)"
                        return try await shared.unary(Self.read, request, .root(timeout: .seconds(10))).text
                            == request.text
                    }
                }
                for try await isRight in tasks { #expect(isRight) }
            }
        }
        #expect(transport.calls.withLock { $0 } == 2)
    }

    private static let read = MethodDescriptor<EchoEchoRequest, EchoEchoResponse>(
        service: "lonja.test.v1.Echo",
        name: "Read",
        index: 0,
        kind: .unary,
        idempotent: true
    )

    /// Answers what it is asked, a little later.
    private final class Counting: RPCTransport {
        let calls = Mutex(0)

        func unary(_ method: RPCMethod, _ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
            calls.withLock { $0 += 1 }
            for _ in 0..<20 { await Task.yield() }
            var response = EchoEchoResponse()
            response.text = try EchoEchoRequest(serializedBytes: message).text
            return try response.serializedBytes()
        }

        func open<Result>(
            _ method: RPCMethod,
            _ context: CallContext,
            _ body: (any RequestSink, any MessageSource) async throws -> Result
        ) async throws -> Result {
            throw RPCError(.unimplemented, "no streams here")
        }
    }
}
