/// What becomes of a mail after an attempt.
enum DeliveryDecision: Hashable, Sendable {
    /// Somebody has it.
    case sent(providerID: String)
    /// Queued again. An attempt that is not counted was none: the driver could not send anything.
    case again(after: Duration, isCounted: Bool, problem: String)
    /// Given up; an operator may take it up again.
    case dead(problem: String)
    /// What it says is over.
    case expired
    /// Was not tried at all: its worker stops, or the driver is not to be used now.
    case givenBack
}
