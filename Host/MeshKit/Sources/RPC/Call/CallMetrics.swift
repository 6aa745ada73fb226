public import Observe

/// Counts and times every call that this process answers.
///
/// `mesh_server_calls_total` (labels service, method, code, from) and `mesh_server_call_seconds` (service, method, from),
/// where `from` is `local` for a caller in this process and `remote` for any other; and of the latter
/// `mesh_server_call_received_bytes` and `mesh_server_call_sent_bytes` (service, method, from), the messages of a call
/// together, as they were on the wire. A method that nobody serves here is counted as `other`, or a stranger could make as
/// many series as it can think of names.
public final class CallMetrics: CallObserver {
    private let families: MethodMetrics.Families

    /// Puts its metrics into `metrics`.
    public init(_ metrics: MetricRegistry) {
        let labels = ["service", "method", "from"]
        families = MethodMetrics.Families(
            calls: metrics.counters(
                "mesh_server_calls_total",
                help: "Calls that ended.",
                labels: ["service", "method", "code", "from"]
            ),
            times: metrics.histograms("mesh_server_call_seconds", help: "How long calls took.", labels: labels),
            received: metrics.histograms(
                "mesh_server_call_received_bytes",
                help: "Messages that calls from other processes brought, together, as they were on the wire.",
                labels: labels,
                bounds: Histogram.sizeBounds
            ),
            sent: metrics.histograms(
                "mesh_server_call_sent_bytes",
                help: "Messages that answered calls from other processes, together, as they were on the wire.",
                labels: labels,
                bounds: Histogram.sizeBounds
            )
        )
    }

    /// See `CallObserver`.
    public func recorder(of method: RPCMethod) -> any CallRecorder { MethodMetrics(method, families) }

    /// See `CallObserver`.
    public func finishedUnknown(local: Bool) {
        let code = RPCError.Code.unimplemented.description
        families.calls.with("other", "other", code, CallMetrics.from(local)).increment()
    }

    static func from(_ local: Bool) -> String { local ? "local" : "remote" }
}
