/// What a load gave; its description is one line of JSON.
struct Measurement: Sendable, CustomStringConvertible {
    let requests: Int
    let rate: Double
    let median: UInt64
    let slowest: UInt64

    init(_ histogram: LatencyHistogram, requestsPerStep: Int, duration: Duration) {
        requests = histogram.count * requestsPerStep
        rate = Double(requests) / (duration / .seconds(1))
        median = histogram.quantile(0.5)
        slowest = histogram.quantile(0.99)
    }

    var description: String {
        """
        {"requests": \(requests), "rate": \(rate), "p50_us": \(Double(median) / 1000), "p99_us": \(Double(slowest) / 1000)}
        """
    }
}
