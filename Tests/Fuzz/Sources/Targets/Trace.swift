import Observe

/// `traceparent` and `tracestate`: what is read is written as the same, and what is written can be read.
func fuzzTrace(_ input: [UInt8]) {
    let parts = input.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    let parent = String(decoding: parts[0], as: UTF8.self)
    let state = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil
    guard let trace = TraceContext(traceparent: parent, tracestate: state) else { return }
    hold(trace.traceID.high | trace.traceID.low != 0 && trace.spanID != 0, "ids are not zero")
    hold(trace.state.utf8.count <= TraceContext.maximumStateLength, "the state is limited")
    hold(trace.state.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "the state is a value of a field")
    same(
        TraceContext(traceparent: trace.traceparent, tracestate: trace.tracestate),
        trace,
        "read, and written and read"
    )
}
