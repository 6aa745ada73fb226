internal import Reactor

/// How far the attempts of one request are. A value without clock or dice.
struct RetryState {
    /// How an attempt ended.
    enum Failure {
        case status(Int, retryAfter: Duration?)
        case error(FetchError.Code)
    }

    private let policy: RetryPolicy
    private let isRepeatable: Bool
    private let deadline: MonotonicTime?
    private var attempt = 1

    init(_ policy: RetryPolicy, isRepeatable: Bool, deadline: MonotonicTime?) {
        self.policy = policy
        self.isRepeatable = isRepeatable
        self.deadline = deadline
    }

    /// When to try again.
    /// - Parameter dice: 0 to 1, for the jitter.
    /// - Returns: nil when this failure is the answer.
    mutating func next(after failure: Failure, now: MonotonicTime, dice: Double) -> MonotonicTime? {
        guard isRepeatable, attempt < policy.attempts else { return nil }
        var delay = policy.firstDelay
        for _ in 1..<attempt where delay < policy.largestDelay { delay = delay * 2 }
        delay = min(delay, policy.largestDelay) * (0.5 + 0.5 * dice)
        switch failure {
        case .status(let status, let retryAfter):
            guard policy.statuses.contains(status) else { return nil }
            if let retryAfter {
                guard retryAfter <= policy.largestRetryAfter else { return nil }
                delay = max(delay, retryAfter)
            }
        case .error(let code):
            guard Self.passing.contains(code) else { return nil }
        }
        let time = now.advanced(by: delay)
        // There must be some time left for the attempt itself.
        if let deadline, time >= deadline { return nil }
        attempt += 1
        return time
    }

    /// What may be gone at the next try. A certificate, an address or a limit will be the same.
    private static let passing: Set<FetchError.Code> = [
        .unresolved, .connectFailed, .connectTimeout, .connectionLost, .stalled,
    ]
}
