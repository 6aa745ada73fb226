import Synchronization

/// A number that one loop writes and anybody reads: cheaper than a `Counter`, as writing it is no locked instruction. What a
/// client has one of for each loop is shown as their sum.
package final class LoopCount: Sendable {
    private let number = Atomic<Int>(0)

    /// Zero.
    package init() {}

    /// The number. Any thread.
    package var value: Int { number.load(ordering: .relaxed) }

    /// Adds `amount`. The loop's thread only.
    package func add(_ amount: Int = 1) { set(value + amount) }

    /// Replaces the number. The loop's thread only.
    package func set(_ value: Int) { number.store(value, ordering: .relaxed) }
}

extension MetricRegistry {
    /// Shows the sum of `counts` under `name`, with the label `client`.
    package func show(_ name: String, _ help: String, isCounter: Bool, client: String, _ counts: [LoopCount]) {
        callback(name, help: help, isCounter: isCounter, labels: [("client", client)]) {
            Double(counts.reduce(0) { $0 + $1.value })
        }
    }
}
