/// Which attempts a hedged call makes (gRFC A6). A value.
struct HedgePlan {
    enum Step: Equatable {
        /// Make another attempt, if the budget has one left.
        case attempt
        /// Attempts are under way.
        case wait
        case fail
    }

    let policy: HedgingPolicy
    private var made = 0
    private var underWay = 0
    private var isOver = false

    init(_ policy: HedgingPolicy) {
        self.policy = policy
    }

    /// Whether another attempt is to be made when the delay has passed once more.
    var mayMakeMore: Bool { made < policy.attempts && !isOver }

    /// An attempt has begun.
    mutating func began() {
        made += 1
        underWay += 1
    }

    /// Whether an attempt may still succeed.
    var isUnderWay: Bool { underWay > 0 }

    /// There is no budget for another attempt beside those under way, or nobody who could take it.
    mutating func stop() { isOver = true }

    /// The delay has passed without an answer.
    mutating func late() -> Step { mayMakeMore ? .attempt : .wait }

    /// An attempt has failed. What another one cannot mend ends the call.
    mutating func failed(_ failure: AttemptFailure) -> Step {
        underWay -= 1
        if failure.isRefusal { stop() } else if !failure.isRepeatable { return .fail }
        if mayMakeMore { return .attempt }
        return underWay > 0 ? .wait : .fail
    }
}

extension AttemptFailure {
    /// The server wants no further attempts; those under way may still succeed.
    fileprivate var isRefusal: Bool {
        if case .answered(_, .never) = self { true } else { false }
    }
}
