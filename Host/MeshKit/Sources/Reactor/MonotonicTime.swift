import Glibc

/// A moment of CLOCK_MONOTONIC: never goes back, has no meaning outside this machine.
public struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Nanoseconds since an arbitrary start (boot).
    public var nanoseconds: UInt64

    /// A moment by its raw nanoseconds.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock. Any thread; about 20 ns.
    public static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    /// This moment moved by `duration`; stops at the ends of the range instead of overflowing.
    public func advanced(by duration: Duration) -> MonotonicTime {
        let delta = duration.wholeNanoseconds
        let (sum, overflow) =
            delta >= 0
            ? nanoseconds.addingReportingOverflow(UInt64(delta))
            : nanoseconds.subtractingReportingOverflow(delta.magnitude)
        return MonotonicTime(nanoseconds: overflow ? (delta >= 0 ? .max : 0) : sum)
    }

    /// How long from here to `other`; negative when `other` is earlier.
    public func duration(to other: MonotonicTime) -> Duration {
        .nanoseconds(Int64(truncatingIfNeeded: other.nanoseconds &- nanoseconds))
    }

    /// Earlier than.
    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension LoopClock {
    /// The reading of this clock; only differences mean something. On the loop's thread.
    func now() -> MonotonicTime {
        guard self == .processor else { return .now() }
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }
}

extension Duration {
    /// The duration in nanoseconds, clamped to what Int64 holds (±292 years).
    public var wholeNanoseconds: Int64 {
        // As nearly all are: below 18 seconds a division of one word does.
        if attoseconds >> 64 == 0 { return Int64(UInt64(truncatingIfNeeded: attoseconds) / 1_000_000_000) }
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow2) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || overflow2 ? (seconds < 0 ? .min : .max) : sum
    }
}
