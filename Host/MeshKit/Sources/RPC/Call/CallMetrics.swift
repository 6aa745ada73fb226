public import Observe
import Synchronization

/// Counts and times every call that this process answers.
///
/// `mesh_server_calls_total` (labels service, method, code, from) and `mesh_server_call_seconds` (service, method, from),
/// where `from` is `local` for a caller in this process and `remote` for any other.
public final class CallMetrics: CallObserver {
    private let calls: MetricFamily<Counter>
    private let times: MetricFamily<Histogram>
    private let unknown: Counter

    /// Puts its metrics into `metrics`.
    public init(_ metrics: MetricRegistry) {
        calls = metrics.counters(
            "mesh_server_calls_total",
            help: "Calls that ended.",
            labels: ["service", "method", "code", "from"]
        )
        times = metrics.histograms(
            "mesh_server_call_seconds",
            help: "How long calls took.",
            labels: ["service", "method", "from"]
        )
        unknown = metrics.counter(
            "mesh_server_unknown_calls_total",
            help: "Calls to methods that nobody serves here."
        )
    }

    /// See `CallObserver`.
    public func recorder(of method: RPCMethod) -> any CallRecorder {
        MethodMetrics(
            local: OneWay(method, "local", calls: calls, times: times),
            remote: OneWay(method, "remote", calls: calls, times: times)
        )
    }

    /// See `CallObserver`.
    public func finishedUnknown() { unknown.increment() }
}

/// The series of one method.
private final class MethodMetrics: CallRecorder {
    private let local: OneWay
    private let remote: OneWay

    init(local: OneWay, remote: OneWay) {
        self.local = local
        self.remote = remote
    }

    func finished(_ code: RPCError.Code, nanoseconds: UInt64, local: Bool) {
        (local ? self.local : remote).finished(code, nanoseconds)
    }
}

/// The series of one method for callers of one kind. Failures are looked up as they come, success is at hand.
private struct OneWay: Sendable {
    private let method: RPCMethod
    private let from: String
    private let calls: MetricFamily<Counter>
    private let good: Counter
    private let time: Histogram

    init(_ method: RPCMethod, _ from: String, calls: MetricFamily<Counter>, times: MetricFamily<Histogram>) {
        self.method = method
        self.from = from
        self.calls = calls
        good = calls.with(method.service, method.name, "\(RPCError.Code.ok)", from)
        time = times.with(method.service, method.name, from)
    }

    func finished(_ code: RPCError.Code, _ nanoseconds: UInt64) {
        if code == .ok {
            good.increment()
        } else {
            calls.with(method.service, method.name, "\(code)", from).increment()
        }
        time.observe(Double(nanoseconds) / 1e9)
    }
}
