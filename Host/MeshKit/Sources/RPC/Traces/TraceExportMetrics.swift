internal import Observe

/// What became of spans: `mesh_trace_spans_total` (label outcome: `exported`, `rejected` by the collector, `failed` to get
/// there), `mesh_trace_spans_dropped_total` for want of room, and `mesh_trace_spans_waiting`.
struct TraceExportMetrics: Sendable {
    let exported: Counter
    let rejected: Counter
    let failed: Counter

    init(_ metrics: MetricRegistry) {
        let spans = metrics.counters(
            "mesh_trace_spans_total",
            help: "Spans by what became of them.",
            labels: ["outcome"]
        )
        exported = spans.with("exported")
        rejected = spans.with("rejected")
        failed = spans.with("failed")
        metrics.callback(
            "mesh_trace_spans_dropped_total",
            help: "Spans for which there was no room.",
            isCounter: true
        ) { Double(Tracer.process.dropped) }
        metrics.callback("mesh_trace_spans_waiting", help: "Spans that wait to be exported.") {
            Double(Tracer.process.waiting)
        }
    }
}
