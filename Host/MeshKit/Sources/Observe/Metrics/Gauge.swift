/// A number that rises and falls: connections open, bytes queued. Any thread; no lock.
public final class Gauge: Sendable {
    private let cells = MetricCells(width: 1, shards: 1)

    init() {}

    /// Replaces the value.
    public func set(_ value: Double) { cells.store(value.bitPattern, at: 0) }

    /// Adds `amount`, which may be negative.
    public func add(_ amount: Double) { cells.add(double: amount, at: 0) }

    /// Adds 1.
    public func increment() { add(1) }

    /// Takes 1 away.
    public func decrement() { add(-1) }

    /// The value.
    public var value: Double { cells.doubleSum(at: 0) }
}
