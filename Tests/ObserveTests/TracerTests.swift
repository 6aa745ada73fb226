import Reactor
import Testing

@testable import Observe

@Suite struct TracerTests {
    private static func span(_ name: String = "x") -> Span {
        Span(.root(sampled: true), name, .inside, nanoseconds: 1, fault: nil, [])
    }

    @Test func `a full buffer drops and counts`() {
        var buffer = SpanBuffer(capacity: 5, batch: 2)
        let outcomes = (0..<7).map { buffer.add(Self.span("\($0)")) }
        #expect(outcomes == [.kept, .completesBatch, .kept, .completesBatch, .kept, .dropped, .dropped])
        #expect(buffer.dropped == 2)
        #expect(buffer.take().map(\.name) == ["0", "1"])
        #expect(buffer.take().map(\.name) == ["2", "3"])
        #expect(buffer.add(Self.span("8")) == .completesBatch)
        #expect(buffer.take().map(\.name) == ["4", "8"])
        #expect(buffer.take().isEmpty)
    }

    @Test(arguments: [0.0, 0.001, 0.25, 1.0]) func `so many traces are sampled as was asked for`(ratio: Double) {
        let tracer = Tracer()
        tracer.sample(ratio)
        let count = 100_000
        let sampled = (0..<count).count { _ in tracer.samples(TraceContext.root(sampled: false).traceID) }
        // Five times the standard deviation.
        let allowed = 5 * (Double(count) * ratio * (1 - ratio)).squareRoot()
        #expect(abs(Double(sampled) - Double(count) * ratio) <= allowed)
    }

    @Test func `whoever decides decides alike`() {
        let (few, many) = (Tracer(), Tracer())
        few.sample(0.1)
        many.sample(0.5)
        for _ in 0..<1000 {
            let id = TraceContext.root(sampled: false).traceID
            #expect(!few.samples(id) || many.samples(id))
        }
    }

    @Test func `nothing is kept while it is off`() {
        let tracer = Tracer()
        tracer.record(Self.span())
        #expect(tracer.waiting == 0)
        tracer.turnOn {}
        tracer.record(Self.span())
        tracer.turnOff()
        tracer.record(Self.span())
        #expect(tracer.waiting == 1)
    }

    @Test func `a span ends now and began before`() {
        let span = Span(.root(sampled: true), "x", .server, nanoseconds: 5_000_000_000, fault: nil, [])
        let end = span.begun.advanced(by: span.duration)
        #expect(abs(end.duration(to: .now()).wholeNanoseconds) < 1_000_000_000)
    }

    @Test func `a child knows its parent, and a stranger samples nothing`() throws {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let parent = try #require(TraceContext(traceparent: header))
        #expect(parent.parentID == 0)
        let child = parent.child()
        #expect(child.parentID == parent.spanID)
        let own = child.resampled()
        #expect(!own.isSampled)
        #expect(own.traceID == child.traceID && own.spanID == child.spanID && own.parentID == parent.spanID)
        #expect(!TraceContext.root().isSampled)
    }
}
