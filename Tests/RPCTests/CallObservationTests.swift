import Observe
import SwiftProtobuf
import Testing

@testable import RPC

/// What goes with every call beside its messages, near and far: deadline, metrics.
@Suite(.timeLimit(.minutes(1))) struct CallObservationTests {
    private struct Secret: Error {}

    @Test(arguments: [false, true]) func everyEndIsCounted(far: Bool) async throws {
        let fixture = EchoFixture(
            one: { request, _ in
                if request.value == "known" { throw RPCError(.aborted, "lost") }
                if request.value == "foreign" { throw Secret() }
                return request
            }
        )
        try await NearAndFar.with(fixture, far: far) { both in
            for text in ["good", "good", "known", "foreign"] {
                _ = try? await both.peer.unary(EchoFixture.one, Text(text), .root())
            }
            _ = try await both.peer.serverStreaming(EchoFixture.expand, Text("1,2"), .root()) { reader in
                for try await _ in reader {}
            }
            #expect(both.answered("One", .ok) == 2)
            #expect(both.answered("One", .aborted) == 1)
            #expect(both.answered("One", .internalError) == 1)
            #expect(both.answered("Expand", .ok) == 1)
            let times = both.value(
                "mesh_server_call_seconds_count",
                #"service="test.Echo",method="One",from="\#(both.way)""#
            )
            #expect(times == 4)
            let other = far ? "local" : "remote"
            #expect(!both.metrics.prometheusText().contains(#"from="\#(other)""#))
        }
    }

    @Test func whatMessagesWeighIsCounted() async throws {
        let fixture = EchoFixture(
            one: { request, context in
                if request.value == "bad" { throw RPCError(.aborted, "lost") }
                if request.value.hasPrefix("0") { context.response?.compression = .gzip }
                return Text(request.value + request.value)
            }
        )
        try await NearAndFar.with(fixture, far: true) { both in
            func sums(_ method: String) -> [Int?] {
                let labels = #"service="test.Echo",method="\#(method)""#
                let server = ["received", "sent"].map { name in
                    both.value("mesh_server_call_\(name)_bytes_sum", labels + #",from="remote""#)
                }
                return ["sent", "received"].map { both.value("mesh_client_attempt_\($0)_bytes_sum", labels) } + server
            }
            // Each text has two bytes before it.
            _ = try await both.peer.unary(EchoFixture.one, Text(String(repeating: "x", count: 60)), .root())
            #expect(sums("One") == [62, 122, 62, 122])
            _ = try? await both.peer.unary(EchoFixture.one, Text("bad"), .root())
            #expect(sums("One") == [67, 122, 67, 122])
            let all = try await both.peer.serverStreaming(EchoFixture.expand, Text("one,two,three"), .root()) {
                reader in
                var count = 0
                for try await _ in reader { count += 1 }
                return count
            }
            #expect(all == 3 && sums("Expand") == [15, 17, 15, 17])
            // What is compressed weighs what it does on the wire.
            var context = CallContext.root()
            context.compression = .gzip
            let zeros = String(repeating: "0", count: 10_000)
            let doubled = try await both.peer.unary(EchoFixture.one, Text(zeros), context)
            #expect(doubled.value.count == 20_000)
            let after = sums("One").compactMap { $0 }
            #expect(after.count == 4 && after[0] == after[2] && after[1] == after[3])
            #expect((68..<200).contains(after[0]) && (123..<300).contains(after[1]), "\(after)")
            let calls = #"service="test.Echo",method="One",from="remote""#
            #expect(both.value("mesh_server_call_received_bytes_count", calls) == 3)
            #expect(both.value("mesh_server_call_received_bytes_bucket", calls + #",le="1024""#) == 3)
        }
    }

    @Test func messagesWithinTheProcessWeighNothing() async throws {
        try await NearAndFar.with(far: false) { both in
            _ = try await both.peer.unary(EchoFixture.one, Text("x"), .root())
            #expect(both.answered("One", .ok) == 1)
            #expect(!both.metrics.prometheusText().contains("_bytes_count"))
        }
    }

    @Test(arguments: [false, true]) func whatNobodyServesIsCountedAsOther(far: Bool) async throws {
        try await NearAndFar.with(far: far) { both in
            for name: StaticString in ["Two", "Three"] {
                let unknown = MethodDescriptor<Text, Text>(
                    service: "test.Invented",
                    name: name,
                    index: 0,
                    kind: .unary,
                    idempotent: false
                )
                let error = await #expect(throws: RPCError.self) {
                    try await both.peer.unary(unknown, Text(), .root())
                }
                #expect(error?.code == .unimplemented)
            }
            let labels = #"service="other",method="other",code="UNIMPLEMENTED",from="\#(both.way)""#
            #expect(both.value("mesh_server_calls_total", labels) == 2)
            let served = both.metrics.prometheusText().split(separator: "\n").filter { $0.hasPrefix("mesh_server") }
            #expect(!served.contains { $0.contains("Invented") })
        }
    }

    @Test(arguments: [false, true]) func aDeadlineThatHasPassedDoesNotReachTheHandler(far: Bool) async throws {
        let fixture = EchoFixture(one: { request, _ in
            Issue.record("the handler ran")
            return request
        })
        try await NearAndFar.with(fixture, far: far) { both in
            let error = await #expect(throws: RPCError.self) {
                try await both.peer.unary(EchoFixture.one, Text(), .root(timeout: .seconds(-1)))
            }
            #expect(error?.code == .deadlineExceeded)
            // It does not leave the process.
            if far {
                let labels = #"service="test.Echo",method="One",code="DEADLINE_EXCEEDED""#
                #expect(both.value("mesh_client_calls_total", labels) == 1)
                #expect(both.value("mesh_client_attempts_total", labels) == nil)
            } else {
                #expect(both.answered("One", .deadlineExceeded) == 1)
            }
        }
    }

    @Test(arguments: [false, true]) func aDeadlineThatPassesEndsTheHandler(far: Bool) async throws {
        let ended = Gate()
        let fixture = EchoFixture(one: { request, _ in
            defer { ended.open() }
            try await untilCancelled()
            return request
        })
        try await NearAndFar.with(fixture, far: far) { both in
            let error = await #expect(throws: RPCError.self) {
                try await both.peer.unary(EchoFixture.one, Text(), .root(timeout: .milliseconds(20)))
            }
            #expect(error?.code == .deadlineExceeded)
            await ended.wait()
            // Far, either side may be first to notice.
            let codes = [RPCError.Code.deadlineExceeded, .cancelled].compactMap { both.answered("One", $0) }
            #expect(codes == [1])
        }
    }

    @Test func callsAndAttemptsAreCountedApart() async throws {
        try await NearAndFar.with(far: true) { both in
            _ = try await both.peer.unary(EchoFixture.one, Text("1"), .root())
            _ = try await both.peer.unary(EchoFixture.one, Text("2"), .root())
            let labels = #"service="test.Echo",method="One""#
            for name in ["call", "attempt"] {
                #expect(both.value("mesh_client_\(name)s_total", labels + #",code="OK""#) == 2)
                #expect(both.value("mesh_client_\(name)_seconds_count", labels) == 2)
            }
            // Nobody is there: a call without an attempt.
            let nobody = RPCChannel(try #require(RPCTarget("127.0.0.1:1")), group: both.group)
            let lonely = RPCPeer(name: "nobody")
            lonely.bind(remote: nobody, metrics: ClientCallMetrics(both.metrics))
            let error = await #expect(throws: RPCError.self) {
                try await lonely.unary(EchoFixture.one, Text("3"), .root())
            }
            nobody.close()
            #expect(error?.code == .unavailable)
            #expect(both.value("mesh_client_calls_total", labels + #",code="UNAVAILABLE""#) == 1)
            #expect(both.value("mesh_client_attempts_total", labels + #",code="UNAVAILABLE""#) == nil)
        }
    }

    @Test func aServerSaysWhatItIsDoing() async throws {
        let entered = Gate()
        let fixture = EchoFixture(
            one: { request, _ in
                if request.value == "bad" { throw RPCError(.aborted, "lost") }
                return request
            },
            expand: { _, writer, _ in
                try await writer.write(Text("first"))
                entered.open()
                try await untilCancelled()
            }
        )
        try await NearAndFar.with(fixture, far: true) { both in
            for text in ["good", "bad", "good"] {
                _ = try? await both.peer.unary(EchoFixture.one, Text(text), .root())
            }
            try await both.peer.serverStreaming(EchoFixture.expand, Text(), .root()) { reader in
                _ = try await reader.next()
                await entered.wait()
                let server = await both.server.snapshot(connections: 10)
                #expect(server.calls.started == 4)
                #expect(server.calls.succeeded == 2)
                #expect(server.calls.failed == 1)
                #expect(server.runningCalls == 1)
                #expect(server.connectionCount == 1)
                let connection = try #require(server.connections.first)
                #expect(connection.streams == 1)
                #expect(connection.streamsOpened == 4)
                #expect(connection.calls == server.calls)
                // Four requests, each of some header fields.
                #expect((200..<4000).contains(connection.bytesReceived))
                #expect((200..<4000).contains(connection.bytesSent))
                #expect(connection.remote != nil)
                #expect(connection.age > .zero)
                #expect(await both.server.snapshot(connections: 0).connections.isEmpty)
            }
        }
    }
}
