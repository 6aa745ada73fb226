import Glibc
import Reactor

/// A moment of civil time in UTC, to the nanosecond; from 0001 to 9999 in text, 1678 to 2262 in its range.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public var nanosecondsSinceEpoch: Int64

    /// The moment `nanosecondsSinceEpoch` after the epoch.
    public init(nanosecondsSinceEpoch: Int64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

    /// The moment `seconds` and `nanoseconds` (0..<1,000,000,000) after the epoch; stops at the ends of the range.
    public init(secondsSinceEpoch seconds: Int64, nanoseconds: Int64 = 0) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow2) = product.addingReportingOverflow(nanoseconds)
        nanosecondsSinceEpoch = overflow || overflow2 ? (seconds < 0 ? .min : .max) : sum
    }

    /// Reads CLOCK_REALTIME. Any thread.
    public static func now() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(secondsSinceEpoch: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// Whole seconds since the epoch, rounded down.
    public var secondsSinceEpoch: Int64 {
        let (quotient, remainder) = nanosecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The nanoseconds within the second, 0..<1,000,000,000.
    public var nanosecondsOfSecond: Int64 {
        let remainder = nanosecondsSinceEpoch % 1_000_000_000
        return remainder < 0 ? remainder + 1_000_000_000 : remainder
    }

    /// This moment moved by `duration`; stops at the ends of the range.
    public func advanced(by duration: Duration) -> WallTime {
        let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(duration.wholeNanoseconds)
        return WallTime(nanosecondsSinceEpoch: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// How long from here to `other`; negative when `other` is earlier.
    public func duration(to other: WallTime) -> Duration {
        .nanoseconds(other.nanosecondsSinceEpoch) - .nanoseconds(nanosecondsSinceEpoch)
    }

    /// Earlier than.
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
