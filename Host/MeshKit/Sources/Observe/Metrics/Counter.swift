/// A number that only grows: events since the process began. Any thread; no lock.
public final class Counter: Sendable {
    private let cells = MetricCells(width: 1)

    init() {}

    /// Adds `amount`, at least 0.
    public func increment(by amount: Int = 1) {
        precondition(amount >= 0, "a counter never falls")
        cells.add(UInt64(amount), at: 0)
    }

    /// The total.
    public var value: UInt64 { cells.sum(at: 0) }
}
