public import Reactor

/// How many calls there were, and what became of them.
public struct CallTally: Sendable, Equatable {
    /// Calls that began.
    public private(set) var started = 0
    /// Calls that ended with OK.
    public private(set) var succeeded = 0
    /// Calls that ended with any other status.
    public private(set) var failed = 0
    /// When the last one began; nil before the first.
    public private(set) var lastStarted: MonotonicTime?

    /// No call yet.
    public init() {}

    mutating func began(at time: MonotonicTime) {
        started += 1
        lastStarted = time
    }

    mutating func ended(isGood: Bool) {
        if isGood { succeeded += 1 } else { failed += 1 }
    }

    /// Both together.
    public static func + (left: CallTally, right: CallTally) -> CallTally {
        var sum = left
        sum.started += right.started
        sum.succeeded += right.succeeded
        sum.failed += right.failed
        sum.lastStarted = [left.lastStarted, right.lastStarted].compactMap(\.self).max()
        return sum
    }
}
