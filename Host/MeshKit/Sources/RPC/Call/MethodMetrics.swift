import Observe

/// The series of one method; those of callers of a kind are made when the first of them comes.
final class MethodMetrics: CallRecorder {
    /// The families that they are of.
    struct Families: Sendable {
        let calls: MetricFamily<Counter>
        let times: MetricFamily<Histogram>
        let received: MetricFamily<Histogram>
        let sent: MetricFamily<Histogram>
    }

    private let method: RPCMethod
    private let families: Families
    private let local = OnceReference<OneWay>()
    private let remote = OnceReference<OneWay>()

    init(_ method: RPCMethod, _ families: Families) {
        self.method = method
        self.families = families
    }

    func finished(_ code: RPCError.Code, nanoseconds: UInt64, local isLocal: Bool, bytes: MessageBytes?) {
        let series = (isLocal ? local.value : remote.value) ?? make(isLocal)
        if code == .ok {
            series.good.increment()
        } else {
            let from = CallMetrics.from(isLocal)
            families.calls.with(method.service, method.name, code.description, from).increment()
        }
        series.time.observe(Double(nanoseconds) / 1e9)
        guard let bytes, let sizes = series.sizes else { return }
        sizes.received.observe(Double(bytes.received))
        sizes.sent.observe(Double(bytes.sent))
    }

    private func make(_ isLocal: Bool) -> OneWay {
        let (service, name, from) = (method.service, method.name, CallMetrics.from(isLocal))
        let made = OneWay(
            good: families.calls.with(service, name, RPCError.Code.ok.description, from),
            time: families.times.with(service, name, from),
            sizes: isLocal
                ? nil : (families.received.with(service, name, from), families.sent.with(service, name, from))
        )
        return isLocal ? local.set(made) : remote.set(made)
    }
}

/// The series of one method for callers of one kind. Failures are looked up as they come, success is at hand.
private final class OneWay: Sendable {
    let good: Counter
    let time: Histogram
    /// Of calls over a connection.
    let sizes: (received: Histogram, sent: Histogram)?

    init(good: Counter, time: Histogram, sizes: (received: Histogram, sent: Histogram)?) {
        self.good = good
        self.time = time
        self.sizes = sizes
    }
}
