import Reactor

/// How often a measured value fell into each of some ranges, and the sum of all. Any thread; no lock.
public final class Histogram: Sendable {
    /// The upper ends of the ranges, rising, inclusive; a last one without end is implied.
    public let bounds: [Double]
    private let cells: MetricCells

    /// Ends in seconds that suit calls: 0.5 ms to 10 s.
    public static let latencyBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Ends in bytes that suit messages: 64 B to 4 MiB.
    public static let sizeBounds: [Double] = [64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]

    init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of a histogram rise")
        self.bounds = bounds
        // One word a range, one for what lies beyond the last bound, one for the sum.
        cells = MetricCells(width: bounds.count + 2)
    }

    /// Counts one value. NaN is left out.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        cells.add(1, at: index)
        cells.add(double: value, at: bounds.count + 1)
    }

    /// Counts one duration, in seconds.
    public func observe(_ duration: Duration) {
        observe(Double(duration.wholeNanoseconds) / 1e9)
    }

    /// How many values there were up to each bound, and last of all; and their sum.
    public var snapshot: (cumulative: [UInt64], sum: Double) {
        var total: UInt64 = 0
        let cumulative = (0...bounds.count).map { index -> UInt64 in
            total += cells.sum(at: index)
            return total
        }
        return (cumulative, cells.doubleSum(at: bounds.count + 1))
    }
}
