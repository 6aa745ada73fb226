import Reactor

/// How often something may happen: so often at once, and so often per second after that. A token bucket; a value.
struct HTTP2RateBudget {
    private let burst: Double
    private let rate: Double
    private var left: Double
    private var last: MonotonicTime

    init(burst: Int, rate: Int, now: MonotonicTime) {
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
