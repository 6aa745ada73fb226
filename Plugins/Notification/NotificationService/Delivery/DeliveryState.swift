import Plugin

/// Where one mail stands when an attempt has ended, and what is to become of it. A value without clock or I/O.
struct DeliveryState: Sendable {
    let urgency: DeliveryUrgency
    /// The attempt that has ended, from 1.
    let attempt: Int
    /// How long ago the schedule began.
    let age: Duration

    /// What to do after an outcome.
    func decision(
        after outcome: MailOutcome,
        _ generator: inout some RandomNumberGenerator
    ) -> DeliveryDecision {
        let schedule = DeliverySchedule(urgency: urgency)
        switch outcome {
        case .accepted(let providerID):
            return .sent(providerID: providerID)
        case .permanentRecipient(let reason), .permanentMessage(let reason):
            return .dead(problem: reason)
        case .driverFault(_, let reason):
            // Stays due, behind those that are due already: whichever is tried next finds out about the driver.
            return .again(after: .zero, isCounted: false, problem: reason)
        case .retry(let wish, let reason):
            let wish = min(wish ?? .zero, DeliverySchedule.longestWish)
            return later(max(schedule.pause(after: attempt, &generator), wish), reason)
        case .unknownOutcome(let reason):
            return later(max(schedule.pause(after: attempt, &generator), schedule.pauseAfterUnknown), reason)
        }
    }

    private func later(_ pause: Duration, _ problem: String) -> DeliveryDecision {
        // A mail with a code ends when that expires, which the database sees to.
        guard urgency == .code || age + pause <= DeliverySchedule.longest else {
            return .dead(problem: "given up after \(attempt) attempts: \(problem)")
        }
        return .again(after: pause, isCounted: true, problem: problem)
    }
}
