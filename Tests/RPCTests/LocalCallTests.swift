import Observe
import RPC
import Reactor
import SwiftProtobuf
import Testing

@Suite(.timeLimit(.minutes(1))) struct LocalCallTests {
    private struct Secret: Error {}

    @Test(arguments: [false, true]) func allFourKinds(remote: Bool) async throws {
        let peer = try EchoFixture().peer(remote: remote)
        let context = CallContext.root()
        #expect(try await peer.unary(EchoFixture.one, Text("a"), context) == Text("a"))
        let collected = try await peer.clientStreaming(EchoFixture.collect, context) { writer in
            for value in 0..<100 { try await writer.write(Text("\(value)")) }
        }
        #expect(collected.value == (0..<100).map(String.init).joined(separator: ","))
        let expanded = try await peer.serverStreaming(EchoFixture.expand, collected, context) { reader in
            var all: [String] = []
            for try await text in reader { all.append(text.value) }
            return all
        }
        #expect(expanded == (0..<100).map(String.init))
        let answers = try await peer.bidirectional(EchoFixture.chat, context) { writer, reader in
            var all: [String] = []
            for value in 0..<50 {
                try await writer.write(Text("\(value)"))
                all.append(try await reader.next()?.value ?? "-")
            }
            try await writer.finish()
            #expect(try await reader.next() == nil)
            return all
        }
        #expect(answers == (0..<50).map { "re: \($0)" })
    }

    @Test func theCalleesContext() async throws {
        let seen = RecordingContext()
        let peer = try EchoFixture(one: { request, context in
            seen.set(context)
            context.response?.updateTrailing { try? $0.append("after", "3") }
            return request
        }).peer()
        var context = CallContext.root(timeout: .seconds(60))
        try context.outgoing.append("k", "v")
        context.received = ResponseMetadata()
        _ = try await peer.unary(EchoFixture.one, Text(), context)
        let callee = try #require(seen.value)
        #expect(callee.metadata["k"] == "v")
        #expect(callee.outgoing.isEmpty)
        #expect(callee.received == nil)
        #expect(callee.deadline == context.deadline)
        #expect(callee.peer == .local)
        #expect(callee.trace.traceID == context.trace.traceID)
        #expect(callee.trace.spanID != context.trace.spanID)
        #expect(callee.requestID == context.requestID)
        #expect(context.received?.trailing["after"] == "3")
    }

    @Test func anExpiredCallIsNotMade() async throws {
        let observer = RecordingObserver()
        let peer = try EchoFixture(one: { _, _ in
            Issue.record("the handler ran")
            return Text()
        }).peer(observer: observer)
        let error = await #expect(throws: RPCError.self) {
            try await peer.unary(EchoFixture.one, Text(), .root(timeout: .seconds(-1)))
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(observer.calls == ["/test.Echo/One DEADLINE_EXCEEDED local"])
    }

    @Test func theDeadlineCancelsTheHandler() async throws {
        let peer = try EchoFixture(
            one: { request, _ in
                try await untilCancelled()
                return request
            },
            expand: { _, writer, _ in
                try await writer.write(Text("first"))
                try await untilCancelled()
            }
        ).peer()
        var error = await #expect(throws: RPCError.self) {
            try await peer.unary(EchoFixture.one, Text(), .root(timeout: .milliseconds(5)))
        }
        #expect(error?.code == .deadlineExceeded)
        var received: [Text] = []
        error = await #expect(throws: RPCError.self) {
            try await peer.serverStreaming(EchoFixture.expand, Text(), .root(timeout: .milliseconds(5))) { reader in
                for try await text in reader { received.append(text) }
            }
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(received.count <= 1)
    }

    @Test func theDeadlineHoldsOnALoop() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let peer = try EchoFixture(one: { request, _ in
            try await untilCancelled()
            return request
        }).peer()
        let code = try await group.next().run {
            do {
                _ = try await peer.unary(EchoFixture.one, Text(), .root(timeout: .milliseconds(5)))
                return RPCError.Code.ok
            } catch {
                return RPCError(mapping: error).code
            }
        }
        #expect(code == .deadlineExceeded)
    }

    @Test(arguments: [false, true]) func errorsLookTheSame(remote: Bool) async throws {
        let detail = try Google_Protobuf_Any(message: Text("why"))
        let thrown = RPCError(.aborted, "lost", details: [detail])
        let known = try EchoFixture(one: { _, _ in throw thrown }).peer(remote: remote)
        await #expect(throws: thrown) { try await known.unary(EchoFixture.one, Text(), .root()) }
        let foreign = try EchoFixture(
            one: { _, _ in throw Secret() },
            collect: { _, _ in throw Secret() },
            expand: { _, _, _ in throw Secret() },
            chat: { _, _, _ in throw Secret() }
        ).peer(remote: remote)
        let hidden = RPCError(.internalError, "internal error")
        await #expect(throws: hidden) { try await foreign.unary(EchoFixture.one, Text(), .root()) }
        await #expect(throws: hidden) {
            try await foreign.clientStreaming(EchoFixture.collect, .root()) { writer in
                for _ in 0..<1000 { try await writer.write(Text()) }
            }
        }
        await #expect(throws: hidden) {
            try await foreign.serverStreaming(EchoFixture.expand, Text(), .root()) { reader in
                for try await _ in reader {}
            }
        }
        await #expect(throws: hidden) {
            try await foreign.bidirectional(EchoFixture.chat, .root()) { _, reader in
                for try await _ in reader {}
            }
        }
    }

    @Test(arguments: [false, true]) func anAnswerBeforeTheEndOfTheRequestsCounts(remote: Bool) async throws {
        let peer = try EchoFixture(collect: { reader, _ in try await reader.next() ?? Text("none") })
            .peer(remote: remote)
        let answer = try await peer.clientStreaming(EchoFixture.collect, .root()) { writer in
            for value in 0..<1000 { try await writer.write(Text("\(value)")) }
        }
        #expect(answer == Text("0"))
    }

    @Test func leavingAStreamCancelsItsHandler() async throws {
        let ended = Gate()
        let peer = try EchoFixture(expand: { _, writer, _ in
            defer { ended.open() }
            while true { try await writer.write(Text("again")) }
        }).peer()
        let first = try await peer.serverStreaming(EchoFixture.expand, Text(), .root()) { try await $0.next() }
        #expect(first == Text("again"))
        await ended.wait()
    }

    @Test func whatTheCallersClosureThrowsComesBack() async throws {
        let peer = try EchoFixture(collect: { _, _ in
            try await untilCancelled()
            return Text()
        }).peer()
        await #expect(throws: Secret.self) {
            try await peer.clientStreaming(EchoFixture.collect, .root()) { _ in throw Secret() }
        }
        await #expect(throws: Secret.self) {
            try await peer.bidirectional(EchoFixture.chat, .root()) { _, _ in throw Secret() }
        }
    }

    @Test func cancellationReachesTheHandler() async throws {
        let started = Gate()
        let observer = RecordingObserver()
        let peer = try EchoFixture(one: { request, _ in
            started.open()
            try await untilCancelled()
            return request
        }).peer(observer: observer)
        let task = Task { try await peer.unary(EchoFixture.one, Text(), .root()) }
        await started.wait()
        task.cancel()
        let error = await #expect(throws: RPCError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(observer.calls == ["/test.Echo/One CANCELLED local"])
    }

    @Test func anOuterDeadlineIsNotEnforcedTwice() async throws {
        // The inner call finds the outer one's timer running: cancelled by it, it still says why.
        let inner = try EchoFixture(one: { request, _ in
            try await untilCancelled()
            return request
        }).peer()
        let outer = try EchoFixture(one: { request, context in
            let error = await #expect(throws: RPCError.self) {
                try await inner.unary(EchoFixture.one, request, context)
            }
            #expect(error?.code == .deadlineExceeded)
            try await untilCancelled()
            return request
        }).peer()
        let error = await #expect(throws: RPCError.self) {
            try await outer.unary(EchoFixture.one, Text(), .root(timeout: .milliseconds(5)))
        }
        #expect(error?.code == .deadlineExceeded)
    }

    @Test func unboundAndUnknown() async throws {
        let unbound = await #expect(throws: RPCError.self) {
            try await RPCPeer(name: "x").unary(EchoFixture.one, Text(), .root())
        }
        #expect(unbound?.code == .unavailable)
        let empty = RPCPeer(name: "x")
        empty.bind(local: try RPCServiceTable([]))
        let unknown = await #expect(throws: RPCError.self) { try await empty.unary(EchoFixture.one, Text(), .root()) }
        #expect(unknown?.code == .unimplemented)
    }
}
