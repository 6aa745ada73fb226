import Synchronization

/// Every metric of this process. Making one takes a lock, counting does not.
///
/// Asking again for a name gives the same metric, so plugins need not share variables; the same name with another kind
/// or other labels is a mistake of ours and traps.
public final class MetricRegistry: Sendable {
    /// A number read when somebody looks.
    struct Callback: Sendable {
        let labels: [(name: String, value: String)]
        let read: @Sendable () -> Double?
    }

    /// What can stand under a name.
    enum Entry: Sendable {
        case counter(MetricFamily<Counter>)
        case gauge(MetricFamily<Gauge>)
        case histogram(MetricFamily<Histogram>)
        case callbacks(help: String, isCounter: Bool, [Callback])
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let overflows = Counter()

    /// An empty registry.
    public init() {
        let overflows = overflows
        callback(
            "lonja_metric_series_overflow_total",
            help: "Uses of label values beyond the limit of a metric's series.",
            isCounter: true,
            labels: []
        ) { Double(overflows.value) }
    }

    /// A counter without labels.
    public func counter(_ name: String, help: String) -> Counter {
        counters(name, help: help, labels: []).with([])
    }

    /// Counters that differ by `labels`.
    public func counters(_ name: String, help: String, labels: [String]) -> MetricFamily<Counter> {
        entry(name, labels) {
            .counter(family(name, help, labels) { Counter() })
        } match: {
            if case .counter(let family) = $0, family.labels == labels { family } else { nil }
        }
    }

    /// A gauge without labels.
    public func gauge(_ name: String, help: String) -> Gauge {
        gauges(name, help: help, labels: []).with([])
    }

    /// Gauges that differ by `labels`.
    public func gauges(_ name: String, help: String, labels: [String]) -> MetricFamily<Gauge> {
        entry(name, labels) {
            .gauge(family(name, help, labels) { Gauge() })
        } match: {
            if case .gauge(let family) = $0, family.labels == labels { family } else { nil }
        }
    }

    /// A histogram without labels; `bounds` are the upper ends of its ranges, rising.
    public func histogram(
        _ name: String,
        help: String,
        bounds: [Double] = Histogram.latencyBounds
    ) -> Histogram {
        histograms(name, help: help, labels: [], bounds: bounds).with([])
    }

    /// Histograms that differ by `labels`; `bounds` are the upper ends of their ranges, rising.
    public func histograms(
        _ name: String,
        help: String,
        labels: [String],
        bounds: [Double] = Histogram.latencyBounds
    ) -> MetricFamily<Histogram> {
        precondition(!labels.contains("le"), "the label le belongs to histograms themselves")
        return entry(name, labels) {
            .histogram(family(name, help, labels) { Histogram(bounds: bounds) })
        } match: {
            if case .histogram(let family) = $0, family.labels == labels { family } else { nil }
        }
    }

    /// A gauge (or a counter) whose value `read` gives whenever somebody looks; nil leaves it out.
    ///
    /// `read` runs on any thread, must not block and must not ask this registry for anything. The same name may be given
    /// again with other label values; with the same ones the later reader replaces the earlier.
    public func callback(
        _ name: String,
        help: String,
        isCounter: Bool = false,
        labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Double?
    ) {
        Self.check(name, labels.map(\.name))
        let new = Callback(labels: labels, read: read)
        entries.withLock { entries in
            guard let old = entries[name] else {
                entries[name] = .callbacks(help: help, isCounter: isCounter, [new])
                return
            }
            guard case .callbacks(let help, isCounter, let known) = old else {
                preconditionFailure("the metric \(name) exists with another kind")
            }
            let others = known.filter { other in !other.labels.elementsEqual(labels) { $0 == $1 } }
            entries[name] = .callbacks(help: help, isCounter: isCounter, others + [new])
        }
    }

    /// Everything under its name, sorted.
    var all: [(name: String, entry: Entry)] {
        entries.withLock { Array($0) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func family<Series>(
        _ name: String,
        _ help: String,
        _ labels: [String],
        make: @escaping @Sendable () -> Series
    ) -> MetricFamily<Series> {
        MetricFamily(name: name, help: help, labels: labels, overflows: overflows, make: make)
    }

    private func entry<Found>(
        _ name: String,
        _ labels: [String],
        make: () -> Entry,
        match: (Entry) -> Found?
    ) -> Found {
        Self.check(name, labels)
        let entry = entries.withLock { entries -> Entry in
            if let known = entries[name] { return known }
            let new = make()
            entries[name] = new
            return new
        }
        guard let found = match(entry) else {
            preconditionFailure("the metric \(name) exists with another kind or other labels")
        }
        return found
    }

    /// Names follow the data model of Prometheus; they are ours, so a bad one is a mistake of the program.
    private static func check(_ name: String, _ labels: [String]) {
        func isName(_ text: String, colon: Bool) -> Bool {
            guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
            return text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
                case UInt8(ascii: ":"): colon
                default: false
                }
            }
        }
        precondition(isName(name, colon: true), "\(name) is not a metric name")
        for label in labels {
            precondition(isName(label, colon: false) && !label.hasPrefix("__"), "\(label) is not a label name")
        }
    }
}
