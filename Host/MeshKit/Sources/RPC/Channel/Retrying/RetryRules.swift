/// How often a channel makes a call again, and what that may cost over all loops: a share of the calls of the last ten
/// seconds, and some for quiet times, so that a service that fails every call is not asked twice as much.
public struct RetryRules: Sendable, Equatable {
    /// Attempts in all; 1 makes no call again.
    public var mostAttempts = 3
    /// Before the second attempt, doubled before each further one; ±50 %, so that the calls of a connection that was lost do
    /// not come back in step.
    public var firstDelay = Duration.milliseconds(20)
    /// Attempts beside the first, of calls that are late too, that a call earns.
    public var share = 0.2
    /// What may be spent besides, for each second.
    public var perSecond = 10

    /// The defaults.
    public init() {}

    /// What so many calls within ten seconds may cost.
    func allowance(_ calls: Int) -> Int {
        Int(Double(calls) * share) + perSecond * Int(RetryBudget.seconds)
    }
}
