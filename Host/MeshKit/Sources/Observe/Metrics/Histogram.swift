import Reactor

/// How often a measured value fell into each of some ranges, and the sum of all. Any thread; no lock.
public final class Histogram: Sendable {
    /// The upper ends of the ranges, rising, inclusive; a last one without end is implied.
    public let bounds: [Double]
    private let cells: MetricCells

    /// Ends in seconds that suit calls, those of all of gRPC (gRFC A66): 10 µs to 100 s.
    public static let latencyBounds: [Double] = [
        0, 0.000_01, 0.000_05, 0.000_1, 0.000_3, 0.000_6, 0.000_8, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008,
        0.01, 0.013, 0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5,
        0.65, 0.8, 1, 2, 5, 10, 20, 50, 100,
    ]
    /// Ends in bytes that suit messages, of the same: 1 KiB to 4 GiB.
    public static let sizeBounds: [Double] = [
        0, 1024, 2048, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864, 268_435_456,
        1_073_741_824, 4_294_967_296,
    ]

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
