internal import Reactor
internal import Synchronization

/// How many attempts beside the first the calls to one target may make, over all loops (``RetryRules``). Any thread.
final class RetryBudget: Sendable {
    /// What is remembered.
    static let seconds: UInt64 = 10

    private let tallies: [LoopTally]
    private let rules: RetryRules
    private let spent = Mutex(SpentAttempts())

    /// - Parameter tallies: one for each loop, which counts its calls there.
    init(_ tallies: [LoopTally], _ rules: RetryRules = RetryRules()) {
        self.tallies = tallies
        self.rules = rules
    }

    /// Takes an attempt; false if there is none.
    func take(at now: MonotonicTime) -> Bool {
        let calls = tallies.reduce(0) { $0 + $1.sum(seconds: Self.seconds, at: now) }
        return spent.withLock { $0.take(of: rules.allowance(calls), at: now) }
    }
}

/// The attempts that were taken within the last ten seconds. A value.
struct SpentAttempts {
    private var bySecond = [Int](repeating: 0, count: Int(RetryBudget.seconds))
    private var latest: UInt64 = 0

    mutating func take(of allowance: Int, at now: MonotonicTime) -> Bool {
        let second = now.nanoseconds / 1_000_000_000
        if second > latest {
            for passed in 0..<min(second - latest, RetryBudget.seconds) {
                bySecond[Int((second - passed) % RetryBudget.seconds)] = 0
            }
            latest = second
        }
        guard bySecond.reduce(0, +) < allowance else { return false }
        bySecond[Int(latest % RetryBudget.seconds)] += 1
        return true
    }
}
