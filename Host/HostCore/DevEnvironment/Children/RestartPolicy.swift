import Reactor

/// When a child that ended by itself is started again: at once if it ran well, later and later if it does not stay up.
/// A value without clock.
struct RestartPolicy: Sendable {
    /// Delays grow from the first to the largest.
    static let first = Duration.milliseconds(100)
    static let largest = Duration.seconds(5)
    /// A run this long counts as good.
    static let good = Duration.seconds(10)

    private var failures = 0

    /// The child has ended after `run`: how long to wait before the next start.
    mutating func ended(after run: Duration) -> Duration {
        if run >= Self.good { failures = 0 }
        var delay = Self.first
        for _ in 0..<failures where delay < Self.largest { delay = delay * 2 }
        failures += 1
        return min(delay, Self.largest)
    }
}
