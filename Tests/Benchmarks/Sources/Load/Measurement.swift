/// What a load gave; its description is one line of JSON.
package struct Measurement: Sendable, CustomStringConvertible {
    package let requests: Int
    package let rate: Double
    package let median: UInt64
    package let slowest: UInt64

    /// What a histogram says of a load that took so long.
    package init(_ histogram: LatencyHistogram, requestsPerStep: Int, duration: Duration) {
        requests = histogram.count * requestsPerStep
        rate = Double(requests) / (duration / .seconds(1))
        median = histogram.quantile(0.5)
        slowest = histogram.quantile(0.99)
    }

    package var description: String {
        """
        {"requests": \(requests), "rate": \(rate), "p50_us": \(Double(median) / 1000), "p99_us": \(Double(slowest) / 1000)}
        """
    }
}
