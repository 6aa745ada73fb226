import Synchronization

/// All series of one metric: one for each combination of label values.
///
/// Looking a series up takes a lock; hot paths keep what `with` gave them.
public final class MetricFamily<Series: AnyObject & Sendable>: Sendable {
    /// The most series of one family; further combinations share one whose labels are all `other`.
    public static var maximumSeries: Int { 1000 }

    let name: String
    let help: String
    let labels: [String]
    private let make: @Sendable () -> Series
    private let series = Mutex<[[String]: Series]>([:])
    private let overflows: Counter?

    init(name: String, help: String, labels: [String], overflows: Counter?, make: @escaping @Sendable () -> Series) {
        self.name = name
        self.help = help
        self.labels = labels
        self.overflows = overflows
        self.make = make
    }

    /// The series with these label values, in the order of the labels; made on first use.
    public func with(_ values: String...) -> Series { with(values) }

    /// The series with these label values, in the order of the labels; made on first use.
    public func with(_ values: [String]) -> Series {
        precondition(values.count == labels.count, "\(name) has \(labels.count) labels")
        let (found, overflowed) = series.withLock { series -> (Series, Bool) in
            if let known = series[values] { return (known, false) }
            let full = series.count >= Self.maximumSeries && !labels.isEmpty
            let key = full ? labels.map { _ in "other" } : values
            if let known = series[key] { return (known, full) }
            let new = make()
            series[key] = new
            return (new, full)
        }
        if overflowed { overflows?.increment() }
        return found
    }

    /// Every series, sorted by label values.
    var all: [(values: [String], series: Series)] {
        series.withLock { Array($0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { ($0.key, $0.value) }
    }
}
