internal import Reactor
internal import Synchronization

/// How many attempts beside the first the calls to one target may make, over all loops: a share of the calls of the last
/// ten seconds, and some for quiet times, so that a service that fails every call is not asked twice as much. Any thread.
final class RetryBudget: Sendable {
    /// Attempts that a call earns.
    static let share = 0.2
    /// What may be spent besides, for each second.
    static let perSecond = 10
    static let seconds: UInt64 = 10

    private let tallies: [LoopTally]
    private let spent = Mutex(SpentAttempts())

    /// - Parameter tallies: one for each loop, which counts its calls there.
    init(_ tallies: [LoopTally]) {
        self.tallies = tallies
    }

    /// Takes an attempt; false if there is none.
    func take(at now: MonotonicTime) -> Bool {
        let calls = tallies.reduce(0) { $0 + $1.sum(seconds: Self.seconds, at: now) }
        return spent.withLock { $0.take(of: Self.allowance(calls), at: now) }
    }

    /// What calls of ten seconds may cost.
    static func allowance(_ calls: Int) -> Int {
        Int(Double(calls) * share) + perSecond * Int(seconds)
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
