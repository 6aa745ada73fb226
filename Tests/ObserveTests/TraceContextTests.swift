import Observe
import Testing

@Suite struct TraceContextTests {
    static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `the header comes back`() throws {
        let context = try #require(TraceContext(traceparent: Self.example, tracestate: "vendor=1"))
        #expect(context.traceparent == Self.example)
        #expect(context.tracestate == "vendor=1")
        #expect(context.isSampled)
        #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    @Test(arguments: [
        "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func `what breaks the rules is refused`(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test func `later versions are read as far as known`() throws {
        let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-what-comes"
        #expect(try #require(TraceContext(traceparent: later)).traceparent == Self.example)
    }

    @Test func `a child keeps the trace and has its own id`() throws {
        let parent = try #require(TraceContext(traceparent: Self.example, tracestate: "a=b"))
        let child = parent.child()
        #expect(child.traceID == parent.traceID && child.spanID != parent.spanID && child.state == "a=b")
        #expect(child.isSampled)
    }

    @Test func `too long or unprintable state is dropped`() throws {
        let long = String(repeating: "a", count: 513)
        #expect(try #require(TraceContext(traceparent: Self.example, tracestate: long)).tracestate == nil)
        #expect(try #require(TraceContext(traceparent: Self.example, tracestate: "a=\r\nb")).tracestate == nil)
        let fits = String(long.dropLast())
        #expect(try #require(TraceContext(traceparent: Self.example, tracestate: fits)).tracestate == fits)
    }

    @Test func `ids differ`() {
        let roots = (0..<10_000).map { _ in TraceContext.root() }
        #expect(Set(roots.map(\.traceID)).count == roots.count)
        #expect(Set(roots.map(\.spanID)).count == roots.count)
        #expect(!TraceContext.root(sampled: false).isSampled)
    }
}
