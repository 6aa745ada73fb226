import Logging
import Reactor
import SwiftProtobuf
import Synchronization
import Testing

@testable import Observe
@testable import RPC

/// Spans of calls and their export. One after the other: spans are the process's.
@Suite(.serialized, .timeLimit(.minutes(1))) struct TraceTests {
    /// A collector of this process that does as it is told, once for each export; then it takes what comes.
    private final class Collector: RPCService {
        static let serviceDescriptor = ServiceDescriptor(
            name: "opentelemetry.proto.collector.trace.v1.TraceService",
            methodCount: 1,
            file: FileDescriptorBytes(name: "collector.proto", base64: "")
        )
        private let state: Mutex<(orders: [Result<Int, RPCError>], exports: [[String]])>

        init(_ orders: [Result<Int, RPCError>] = []) { state = Mutex((orders, [])) }

        /// Names of the spans of each export.
        var exports: [[String]] { state.withLock { $0.exports } }

        func register(in routes: inout RPCRoutes) {
            routes.unary(TraceExporter.method) { [self] request, _ in
                let names = request.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans).map(\.name)
                let order = state.withLock { state in
                    state.exports.append(names)
                    return state.orders.isEmpty ? .success(0) : state.orders.removeFirst()
                }
                var answer = TraceExporter.Answer()
                answer.partialSuccess.rejectedSpans = Int64(try order.get())
                return answer
            }
        }
    }

    private static func taken() -> [Span] {
        var all: [Span] = []
        while case let some = Tracer.process.take(), !some.isEmpty { all += some }
        return all
    }

    @Test(arguments: [false, true]) func aCallIsASpanOfEachSide(far: Bool) async throws {
        let seen = RecordingContext()
        let fixture = EchoFixture(one: { request, context in
            seen.set(context)
            if request.value == "bad" { throw RPCError(.notFound, "Ana has no such thing") }
            return request
        })
        let context = Self.sampled()
        _ = Self.taken()
        Tracer.process.turnOn {}
        defer { Tracer.process.turnOff() }
        try await NearAndFar.with(fixture, far: far) { both in
            _ = try await both.peer.unary(EchoFixture.one, Text("good"), context)
        }
        var spans = Self.taken()
        let names = far ? ["Recv", "Attempt", "Sent"] : ["Recv", "Sent"]
        #expect(spans.map(\.name) == names.map { "\($0).test.Echo.One" })
        #expect(spans.map(\.kind) == (far ? [.server, .client, .client] : [.server, .client]))
        // Each is a part of the one that follows, and the last of the caller's own.
        #expect(spans.map(\.trace.parentID) == spans.dropFirst().map(\.trace.spanID) + [context.trace.spanID])
        #expect(spans.allSatisfy { $0.trace.traceID == context.trace.traceID && $0.fault == nil })
        #expect(seen.value?.trace.spanID == spans[0].trace.spanID)
        #expect(spans[0].attributes.contains { $0 == ("rpc.grpc.status_code", .number(0)) })

        try await NearAndFar.with(fixture, far: far) { both in
            _ = try? await both.peer.unary(EchoFixture.one, Text("bad"), context)
        }
        spans = Self.taken()
        // It is the caller who did not get what it asked for; and nothing of the message is told.
        #expect(spans.map(\.fault) == [nil] + Array(repeating: "NOT_FOUND", count: names.count - 1))
    }

    @Test(arguments: [false, true]) func aCallThatRulesRefuseIsASpanToo(far: Bool) async throws {
        let context = Self.sampled()
        _ = Self.taken()
        Tracer.process.turnOn {}
        defer { Tracer.process.turnOff() }
        try await NearAndFar.with(far: far, rules: "test: gateway") { both in
            _ = try? await both.peer.unary(EchoFixture.one, Text(), context)
        }
        let spans = Self.taken()
        let names = far ? ["Recv", "Attempt", "Sent"] : ["Recv", "Sent"]
        #expect(spans.map(\.name) == names.map { "\($0).test.Echo.One" })
        #expect(spans.map(\.trace.parentID) == spans.dropFirst().map(\.trace.spanID) + [context.trace.spanID])
        let code = Span.Value.number(RPCError.Code.permissionDenied.rawValue)
        #expect(spans.allSatisfy { $0.attributes.contains { $0 == ("rpc.grpc.status_code", code) } })
    }

    @Test(arguments: [false, true]) func whatIsNotSampledLeavesNothing(far: Bool) async throws {
        _ = Self.taken()
        Tracer.process.turnOn {}
        defer { Tracer.process.turnOff() }
        let seen = RecordingContext()
        let fixture = EchoFixture(one: { request, context in
            seen.set(context)
            return request
        })
        let context = CallContext.root()
        try await NearAndFar.with(fixture, far: far) { both in
            _ = try await both.peer.unary(EchoFixture.one, Text(), context)
        }
        #expect(Self.taken().isEmpty)
        #expect(seen.value?.trace.traceID == context.trace.traceID)
        #expect(seen.value?.trace.parentID == context.trace.spanID)
    }

    @Test(arguments: [false, true]) func whatAHandlerAsksAStoreForIsAPartOfItsSpan(far: Bool) async throws {
        let fixture = EchoFixture(
            one: { request, _ in
                // As the clients of stores do.
                StoreSpan.begin()?.end("valkey", "GET", count: 1, fault: nil)
                return request
            },
            expand: { _, _, _ in
                async let child: Void? = StoreSpan.begin()?.end("postgresql", "SELECT", count: 2, fault: "57014")
                await child
            }
        )
        _ = Self.taken()
        Tracer.process.turnOn {}
        defer { Tracer.process.turnOff() }
        try await NearAndFar.with(fixture, far: far) { both in
            for context in [Self.sampled(), .root()] {
                _ = try await both.peer.unary(EchoFixture.one, Text(), context)
                try await both.peer.serverStreaming(EchoFixture.expand, Text(), context) { reader in
                    for try await _ in reader {}
                }
            }
        }
        let spans = Self.taken()
        for (store, method, fault) in [("valkey GET", "One", nil), ("postgresql SELECT", "Expand", "57014")] {
            let found = spans.filter { $0.name == store }
            let call = try #require(spans.first { $0.name == "Recv.test.Echo.\(method)" })
            #expect(found.map(\.trace.parentID) == [call.trace.spanID])
            #expect(found.map(\.kind) == [.client])
            #expect(found.map(\.fault) == [fault])
        }
    }

    @Test func withoutAnExporterASampledTraceIsPassedOnAndNotKept() async throws {
        _ = Self.taken()
        let seen = RecordingContext()
        let fixture = EchoFixture(one: { request, context in
            seen.set(context)
            return request
        })
        try await NearAndFar.with(fixture, far: true) { both in
            _ = try await both.peer.unary(EchoFixture.one, Text(), Self.sampled())
        }
        #expect(seen.value?.trace.isSampled == true)
        #expect(Self.taken().isEmpty)
    }

    @Test func spansAreExportedAndTheLastOfThemAtTheEnd() async throws {
        let counts = try await Self.exporting(to: Collector([.success(1)])) { collector in
            for number in 0..<Tracer.batch { Tracer.process.record(Self.span("\(number)")) }
            // A full batch does not wait for its time.
            try await Self.until { collector.exports.count == 1 }
            #expect(collector.exports[0].count == Tracer.batch)
            Tracer.process.record(Self.span("last"))
        }
        #expect(counts.exports.last == ["last"])
        #expect(counts.outcomes == ["exported": Tracer.batch, "rejected": 1, "failed": 0])
    }

    @Test func whatTheCollectorMayTakeLaterIsSentAgain() async throws {
        let soon = RPCError(.resourceExhausted, "wait", reason: "busy", retryAfter: .seconds(1))
        let counts = try await Self.exporting(to: Collector([.failure(soon)])) { collector in
            Tracer.process.record(Self.span("one"))
            try await Self.until { collector.exports.count == 2 }
        }
        #expect(counts.exports == [["one"], ["one"]])
        #expect(counts.outcomes == ["exported": 1, "rejected": 0, "failed": 0])
    }

    @Test func whatItNeverTakesIsLost() async throws {
        let refusal = RPCError(.invalidArgument, "no")
        let counts = try await Self.exporting(to: Collector([.failure(refusal)])) { collector in
            Tracer.process.record(Self.span("one"))
            try await Self.until { collector.exports.count == 1 }
        }
        #expect(counts.exports == [["one"]])
        #expect(counts.outcomes == ["exported": 0, "rejected": 0, "failed": 1])
    }

    @Test func whatWaitsForASecondChanceHasItAtTheEnd() async throws {
        let later = RPCError(.unavailable, "wait", reason: "busy", retryAfter: .seconds(50))
        let counts = try await Self.exporting(to: Collector([.failure(later)])) { collector in
            Tracer.process.record(Self.span("one"))
            try await Self.until { collector.exports.count == 1 }
        }
        #expect(counts.exports == [["one"], ["one"]])
        #expect(counts.outcomes == ["exported": 1, "rejected": 0, "failed": 0])
    }

    // MARK: Helpers

    private static func sampled() -> CallContext {
        var context = CallContext.root()
        context.trace = .root(sampled: true)
        return context
    }

    private static func span(_ name: String) -> Span {
        Span(.root(sampled: true), name, .inside, nanoseconds: 1, fault: nil, [])
    }

    private static func until(_ condition: () -> Bool) async throws {
        while !condition() { try await EventLoop.current?.sleep(for: .milliseconds(5)) }
    }

    /// Runs an exporter around `body`, on a loop.
    private static func exporting(
        to collector: Collector,
        _ body: @escaping @Sendable (Collector) async throws -> Void
    ) async throws -> (exports: [[String]], outcomes: [String: Int]) {
        _ = taken()
        let metrics = MetricRegistry()
        let peer = RPCPeer(name: "collector")
        peer.bind(local: try RPCServiceTable([collector]))
        let exporter = TraceExporter(
            peer,
            resource: TraceResource([("service.name", "test")]),
            metrics: metrics,
            logger: Logger(label: "test")
        )
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        try await group.loops[0].run {
            async let run: Void = exporter.run()
            try await until { Tracer.process.isOn }
            try await body(collector)
            exporter.finish(within: .seconds(5))
            await run
        }
        let family = metrics.counters("mesh_trace_spans_total", help: "", labels: ["outcome"])
        let names = ["exported", "rejected", "failed"]
        return (collector.exports, Dictionary(uniqueKeysWithValues: names.map { ($0, Int(family.with($0).value)) }))
    }
}
