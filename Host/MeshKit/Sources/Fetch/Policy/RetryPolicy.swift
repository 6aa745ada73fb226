/// When a request that failed is sent again. Only idempotent requests are, and only those whose content can be replayed.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at the most; 1 is no retry.
    public var attempts = 3
    /// The pause before the second attempt; it doubles for each further one. Jitter takes up to half of it away.
    public var firstDelay: Duration = .milliseconds(100)
    /// The longest pause of our own.
    public var largestDelay: Duration = .seconds(5)
    /// The longest pause that a server's `retry-after` may ask for; more is an answer for the caller.
    public var largestRetryAfter: Duration = .seconds(30)
    /// The statuses that say "later".
    public var statuses: Set<Int> = [429, 502, 503, 504]

    /// The defaults.
    public init() {}

    /// Every request is sent once.
    public static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }
}
