public import Reactor

/// What became of one attempt to hand over a mail.
public enum MailOutcome: Sendable, Hashable {
    /// Somebody has taken the mail over. `providerID` is what they call it; empty if they do not say.
    case accepted(providerID: String)
    /// Nobody has it, and the same may work later: after `after` if they said so.
    case retry(after: Duration?, reason: String)
    /// Nobody has it, and nobody will: the recipient does not exist, or refuses.
    case permanentRecipient(reason: String)
    /// Nobody has it, and nobody will take this mail, whoever the recipient is.
    case permanentMessage(reason: String)
    /// Nobody has it, because this driver cannot send anything: a bad key, a spent credit, no way there. Not an attempt
    /// of this mail; nothing should be given to the driver before `until`, if that is known.
    case driverFault(until: MonotonicTime?, reason: String)
    /// It was sent and no answer came: somebody may have it. The next attempt has the same message id.
    case unknownOutcome(reason: String)

    /// The name of the case, for metrics: `accepted`, `retry`, `permanent-recipient`, …
    public var label: String {
        switch self {
        case .accepted: "accepted"
        case .retry: "retry"
        case .permanentRecipient: "permanent-recipient"
        case .permanentMessage: "permanent-message"
        case .driverFault: "driver-fault"
        case .unknownOutcome: "unknown-outcome"
        }
    }

    /// Why, unless it was accepted.
    public var reason: String? {
        switch self {
        case .accepted: nil
        case .retry(_, let reason), .permanentRecipient(let reason), .permanentMessage(let reason),
            .driverFault(_, let reason), .unknownOutcome(let reason):
            reason
        }
    }
}
