internal import Load

/// What became of the operations of each kind.
///
/// Safe: all callers of a load are tasks of one loop.
final class Tally: @unchecked Sendable {
    private let times = Dictionary(uniqueKeysWithValues: Operation.allCases.map { ($0, LatencyHistogram()) })
    private let all = LatencyHistogram()
    private(set) var errors = 0
    private(set) var firstError = ""

    func record(_ operation: Operation, _ nanoseconds: UInt64) {
        times[operation]?.record(nanoseconds)
        all.record(nanoseconds)
    }

    func failed(_ operation: Operation, _ error: any Error) {
        errors += 1
        if firstError.isEmpty { firstError = "\(operation): \(error)" }
    }

    /// One line of JSON for operations that took so many seconds in all.
    func report(seconds: Double) -> String {
        func line(_ histogram: LatencyHistogram) -> String {
            let (middle, late) = (histogram.quantile(0.5), histogram.quantile(0.99))
            return #"{"count":\#(histogram.count),"p50_ms":\#(Double(middle) / 1e6),"p99_ms":\#(Double(late) / 1e6)}"#
        }
        let each = Operation.allCases.compactMap { operation in
            times[operation].flatMap { $0.count == 0 ? nil : "\"\(operation)\":\(line($0))" }
        }
        return """
            {"rate":\(Double(all.count) / seconds),"errors":\(errors),"all":\(line(all)),\
            "each":{\(each.joined(separator: ","))}}
            """
    }
}
