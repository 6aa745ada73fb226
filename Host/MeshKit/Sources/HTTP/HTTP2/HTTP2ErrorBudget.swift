import Reactor

/// How many streams a peer may break, by frames that are none, before it is one that does nothing else: each costs a
/// stream, a reset and whatever the request had begun (CVE-2025-8671). A token bucket; a value.
struct HTTP2ErrorBudget {
    private let burst: Double
    private let rate: Double
    private var left: Double
    private var last: MonotonicTime

    init(burst: UInt64, rate: UInt64, now: MonotonicTime) {
        self.burst = Double(burst)
        self.rate = Double(rate)
        left = self.burst
        last = now
    }

    /// Takes one.
    /// - Returns: false when none was left.
    mutating func take(at now: MonotonicTime) -> Bool {
        left = min(burst, left + last.duration(to: now) / .seconds(1) * rate)
        last = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
