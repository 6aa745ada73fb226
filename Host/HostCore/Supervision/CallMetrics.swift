import Observe
import RPC

/// Counts and times every call that this process answers.
struct CallMetrics: CallObserver {
    private let calls: MetricFamily<Counter>
    private let times: MetricFamily<Histogram>
    private let unknown: Counter

    init(_ metrics: MetricRegistry) {
        self.calls = metrics.counters(
            "mesh_server_calls_total",
            help: "Calls that ended.",
            labels: ["service", "method", "code", "from"]
        )
        self.times = metrics.histograms(
            "mesh_server_call_seconds",
            help: "How long calls took.",
            labels: ["service", "method", "from"]
        )
        self.unknown = metrics.counter(
            "mesh_server_unknown_calls_total",
            help: "Calls to methods that nobody serves here."
        )
    }

    func finished(_ method: RPCMethod, _ code: RPCError.Code, nanoseconds: UInt64, local: Bool) {
        let from = local ? "local" : "remote"
        self.calls.with(method.service, method.name, "\(code)", from).increment()
        self.times.with(method.service, method.name, from).observe(Double(nanoseconds) / 1e9)
    }

    func finishedUnknown() { self.unknown.increment() }
}
