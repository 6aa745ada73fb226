public import Observe
import Synchronization

/// Counts and times the calls that this process makes to others, and apart from them the attempts that its channels make
/// for them: a call that was made again has several. A call within the process is counted once, by who answers it
/// (`CallMetrics`, `from` is `local`).
///
/// `mesh_client_calls_total` and `mesh_client_attempts_total` (labels service, method, code), `mesh_client_call_seconds` and
/// `mesh_client_attempt_seconds`, `mesh_client_attempt_sent_bytes` and `mesh_client_attempt_received_bytes` (service, method):
/// the messages of an attempt together, as they were on the wire. Any thread.
public final class ClientCallMetrics: Sendable {
    private let calls: MetricFamily<Counter>
    private let attempts: MetricFamily<Counter>
    private let callTimes: MetricFamily<Histogram>
    private let attemptTimes: MetricFamily<Histogram>
    private let sent: MetricFamily<Histogram>
    private let received: MetricFamily<Histogram>
    // Methods are constants of the generated code, so there are few of them. Each series keeps its method, whose identity
    // is the key.
    private let known = Mutex<[ObjectIdentifier: ClientMethodMetrics]>([:])

    /// Puts its metrics into `metrics`.
    public init(_ metrics: MetricRegistry) {
        let labels = ["service", "method", "code"]
        calls = metrics.counters("mesh_client_calls_total", help: "Calls made to other processes.", labels: labels)
        attempts = metrics.counters(
            "mesh_client_attempts_total",
            help: "Attempts of calls to other processes.",
            labels: labels
        )
        callTimes = metrics.histograms(
            "mesh_client_call_seconds",
            help: "How long calls to other processes took, with all their attempts.",
            labels: ["service", "method"]
        )
        attemptTimes = metrics.histograms(
            "mesh_client_attempt_seconds",
            help: "How long attempts of calls to other processes took.",
            labels: ["service", "method"]
        )
        sent = metrics.histograms(
            "mesh_client_attempt_sent_bytes",
            help: "Messages that an attempt sent, together, as they were on the wire.",
            labels: ["service", "method"],
            bounds: Histogram.sizeBounds
        )
        received = metrics.histograms(
            "mesh_client_attempt_received_bytes",
            help: "Messages that an attempt received, together, as they were on the wire.",
            labels: ["service", "method"],
            bounds: Histogram.sizeBounds
        )
    }

    func of(_ method: RPCMethod) -> ClientMethodMetrics {
        known.withLock { known in
            if let found = known[ObjectIdentifier(method)] { return found }
            let made = ClientMethodMetrics(
                method,
                calls: calls,
                attempts: attempts,
                callTime: callTimes.with(method.service, method.name),
                attemptTime: attemptTimes.with(method.service, method.name),
                sent: sent.with(method.service, method.name),
                received: received.with(method.service, method.name)
            )
            known[ObjectIdentifier(method)] = made
            return made
        }
    }
}

/// The series of one method. Success is at hand, failures are looked up as they come.
final class ClientMethodMetrics: Sendable {
    private let method: RPCMethod
    private let calls: MetricFamily<Counter>
    private let attempts: MetricFamily<Counter>
    private let goodCalls: Counter
    private let goodAttempts: Counter
    private let callTime: Histogram
    private let attemptTime: Histogram
    private let sent: Histogram
    private let received: Histogram

    fileprivate init(
        _ method: RPCMethod,
        calls: MetricFamily<Counter>,
        attempts: MetricFamily<Counter>,
        callTime: Histogram,
        attemptTime: Histogram,
        sent: Histogram,
        received: Histogram
    ) {
        self.method = method
        self.calls = calls
        self.attempts = attempts
        self.callTime = callTime
        self.attemptTime = attemptTime
        self.sent = sent
        self.received = received
        goodCalls = calls.with(method.service, method.name, RPCError.Code.ok.description)
        goodAttempts = attempts.with(method.service, method.name, RPCError.Code.ok.description)
    }

    func callEnded(_ code: RPCError.Code, nanoseconds: UInt64) {
        count(code, goodCalls, calls)
        callTime.observe(Double(nanoseconds) / 1e9)
    }

    func attemptEnded(_ code: RPCError.Code, nanoseconds: UInt64, _ bytes: MessageBytes) {
        count(code, goodAttempts, attempts)
        attemptTime.observe(Double(nanoseconds) / 1e9)
        sent.observe(Double(bytes.sent))
        received.observe(Double(bytes.received))
    }

    private func count(_ code: RPCError.Code, _ good: Counter, _ all: MetricFamily<Counter>) {
        if code == .ok { good.increment() } else { all.with(method.service, method.name, code.description).increment() }
    }
}
