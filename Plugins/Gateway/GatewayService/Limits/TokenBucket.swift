import Reactor

/// A bucket of tokens that fills at a steady rate. It is kept as the moment at which it will be full.
struct TokenBucket: Sendable {
    private var full: UInt64

    /// A full one.
    init(at now: MonotonicTime) { full = now.nanoseconds }

    /// How many whole tokens there are.
    func count(_ limit: RateLimit, at now: MonotonicTime) -> Int {
        let missing = full > now.nanoseconds ? full - now.nanoseconds : 0
        let all = UInt64(limit.burst) * limit.interval
        return missing >= all ? 0 : Int((all - missing) / limit.interval)
    }

    /// Takes one.
    /// - Returns: nil, or how long it takes until there is one.
    mutating func take(_ limit: RateLimit, at now: MonotonicTime) -> Duration? {
        let next = max(full, now.nanoseconds) + limit.interval
        let most = now.nanoseconds + UInt64(limit.burst) * limit.interval
        guard next <= most else { return .nanoseconds(Int64(clamping: next - most)) }
        full = next
        return nil
    }

    /// How long it takes until it is full.
    func untilFull(at now: MonotonicTime) -> Duration {
        .nanoseconds(Int64(clamping: full > now.nanoseconds ? full - now.nanoseconds : 0))
    }
}
