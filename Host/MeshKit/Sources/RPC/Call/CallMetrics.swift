public import Observe
import Synchronization

/// Counts and times every call that this process answers.
///
/// `mesh_server_calls_total` (labels service, method, code, from) and `mesh_server_call_seconds` (service, method, from),
/// where `from` is `local` for a caller in this process and `remote` for any other; and of the latter
/// `mesh_server_call_received_bytes` and `mesh_server_call_sent_bytes` (service, method, from), the messages of a call
/// together, as they were on the wire. A method that nobody serves here is
/// counted as `other`, or a stranger could make as many series as it can think of names.
public final class CallMetrics: CallObserver {
    private let calls: MetricFamily<Counter>
    private let times: MetricFamily<Histogram>
    private let received: MetricFamily<Histogram>
    private let sent: MetricFamily<Histogram>

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
        received = metrics.histograms(
            "mesh_server_call_received_bytes",
            help: "Messages that calls from other processes brought, together, as they were on the wire.",
            labels: ["service", "method", "from"],
            bounds: Histogram.sizeBounds
        )
        sent = metrics.histograms(
            "mesh_server_call_sent_bytes",
            help: "Messages that calls from other processes were answered with, together, as they were on the wire.",
            labels: ["service", "method", "from"],
            bounds: Histogram.sizeBounds
        )
    }

    /// See `CallObserver`.
    public func recorder(of method: RPCMethod) -> any CallRecorder {
        MethodMetrics(method, calls: calls, times: times, received: received, sent: sent)
    }

    /// See `CallObserver`.
    public func finishedUnknown(local: Bool) {
        calls.with("other", "other", RPCError.Code.unimplemented.description, CallMetrics.from(local)).increment()
    }

    fileprivate static func from(_ local: Bool) -> String { local ? "local" : "remote" }
}

/// The series of one method; those of callers of a kind are made when the first of them comes.
private final class MethodMetrics: CallRecorder {
    private let method: RPCMethod
    private let calls: MetricFamily<Counter>
    private let times: MetricFamily<Histogram>
    private let received: MetricFamily<Histogram>
    private let sent: MetricFamily<Histogram>
    private let local = AtomicLazyReference<OneWay>()
    private let remote = AtomicLazyReference<OneWay>()
    private let sizes = AtomicLazyReference<Sizes>()

    init(
        _ method: RPCMethod,
        calls: MetricFamily<Counter>,
        times: MetricFamily<Histogram>,
        received: MetricFamily<Histogram>,
        sent: MetricFamily<Histogram>
    ) {
        self.method = method
        self.calls = calls
        self.times = times
        self.received = received
        self.sent = sent
    }

    func finished(_ code: RPCError.Code, nanoseconds: UInt64, local isLocal: Bool) {
        let known = isLocal ? local.load() : remote.load()
        let series = known ?? make(isLocal)
        if code == .ok {
            series.good.increment()
        } else {
            calls.with(method.service, method.name, code.description, CallMetrics.from(isLocal)).increment()
        }
        series.time.observe(Double(nanoseconds) / 1e9)
    }

    func moved(_ bytes: MessageBytes) {
        let series = sizes.load() ?? makeSizes()
        series.received.observe(Double(bytes.received))
        series.sent.observe(Double(bytes.sent))
    }

    private func makeSizes() -> Sizes {
        let from = CallMetrics.from(false)
        return sizes.storeIfNil(
            Sizes(
                received: received.with(method.service, method.name, from),
                sent: sent.with(method.service, method.name, from)
            )
        )
    }

    private func make(_ isLocal: Bool) -> OneWay {
        let from = CallMetrics.from(isLocal)
        let made = OneWay(
            good: calls.with(method.service, method.name, RPCError.Code.ok.description, from),
            time: times.with(method.service, method.name, from)
        )
        return isLocal ? local.storeIfNil(made) : remote.storeIfNil(made)
    }
}

/// The series of one method for callers of one kind. Failures are looked up as they come, success is at hand.
private final class OneWay: Sendable {
    let good: Counter
    let time: Histogram

    init(good: Counter, time: Histogram) {
        self.good = good
        self.time = time
    }
}

/// The sizes of the calls of one method that came over a connection.
private final class Sizes: Sendable {
    let received: Histogram
    let sent: Histogram

    init(received: Histogram, sent: Histogram) {
        self.received = received
        self.sent = sent
    }
}
