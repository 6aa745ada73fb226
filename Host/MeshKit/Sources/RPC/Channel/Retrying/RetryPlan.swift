internal import Reactor

/// Whether and when one call is tried again (gRFC A6). A value without clock, dice and budget.
struct RetryPlan {
    enum Step: Equatable {
        case fail
        /// Nobody saw the call, so that it costs nobody anything (transparent retry).
        case repeatNow
        /// After that time, if the budget has an attempt left.
        case repeatAfter(Duration)
    }

    private let rules: RetryRules
    private var attempts = 1
    private var wasUnseen = false

    init(_ rules: RetryRules = RetryRules()) {
        self.rules = rules
    }

    /// An attempt has failed.
    /// - Parameters:
    ///   - timeLeft: until the deadline; nil without one.
    ///   - dice: 0 to 1, for the jitter.
    mutating func failed(_ failure: AttemptFailure, idempotent: Bool, timeLeft: Duration?, dice: Double) -> Step {
        guard attempts < rules.mostAttempts, failure.isRepeatable, idempotent || failure == .unseen else {
            return .fail
        }
        attempts += 1
        if failure == .unseen, !wasUnseen {
            wasUnseen = true
            return .repeatNow
        }
        let delay: Duration
        if case .answered(_, .after(let wanted)) = failure {
            delay = wanted
        } else {
            delay = rules.firstDelay * (1 << (attempts - 2)) * (0.5 + dice)
        }
        if let timeLeft, timeLeft <= delay { return .fail }
        return .repeatAfter(delay)
    }
}
