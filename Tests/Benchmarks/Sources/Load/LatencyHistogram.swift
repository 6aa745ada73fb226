/// Counts latencies in buckets of at most 3 % width (32 to each power of two of nanoseconds).
///
/// Safe: all callers of a load are tasks of one loop.
package final class LatencyHistogram: @unchecked Sendable {
    private static let precision = 5
    /// An empty one.
    package init() {}

    private var counts = [Int](repeating: 0, count: (65 - precision) << precision)
    /// How many were taken.
    package private(set) var count = 0

    /// Takes one.
    package func record(_ nanoseconds: UInt64) {
        counts[Self.bucket(nanoseconds)] += 1
        count += 1
    }

    /// The latency, in nanoseconds, that `share` of all do not exceed; 0 if there are none.
    package func quantile(_ share: Double) -> UInt64 {
        var left = Int((Double(count) * share).rounded(.up))
        for (bucket, count) in counts.enumerated() {
            left -= count
            if left <= 0, self.count > 0 { return Self.upperBound(bucket) }
        }
        return 0
    }

    private static func bucket(_ value: UInt64) -> Int {
        let exponent = max(0, value.bitWidth - value.leadingZeroBitCount - precision - 1)
        return exponent << precision + Int(value >> exponent)
    }

    private static func upperBound(_ bucket: Int) -> UInt64 {
        let exponent = max(0, bucket >> precision - 1)
        return UInt64(bucket - exponent << precision + 1) << exponent - 1
    }
}
