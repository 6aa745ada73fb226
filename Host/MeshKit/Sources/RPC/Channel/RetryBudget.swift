/// How many calls may be made again: so many for each call that was made, and some to begin with, so that a service that
/// loses every call is not asked twice as much. A value.
struct RetryBudget {
    /// Retries at once, after a quiet time.
    static let most = 100.0
    /// Retries that a call earns.
    static let share = 0.2

    private(set) var left = most

    /// A call was made, for the first time.
    mutating func called() { left = min(Self.most, left + Self.share) }

    /// Takes a retry; false if there is none.
    mutating func take() -> Bool {
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
