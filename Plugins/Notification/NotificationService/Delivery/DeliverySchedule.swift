/// When a mail is tried again. A value; time is a parameter.
struct DeliverySchedule: Sendable {
    let urgency: DeliveryUrgency

    /// Before the second attempt, the third, …; the last holds for all further ones.
    var pauses: [Duration] {
        switch urgency {
        case .code: [.seconds(5), .seconds(15), .seconds(45), .seconds(120), .seconds(300)]
        case .notice:
            [1, 5, 15, 30, 60, 120, 240, 480, 720].map { .seconds($0 * 60) }
        }
    }

    /// From the first attempt to the last, where nothing expires (RFC 5321 §4.5.4.1: four to five days).
    static let longest = Duration.seconds(4 * 86_400)
    /// How much of a pause chance adds or takes, so that mails that failed together do not come back together.
    static let jitter = 0.2
    /// How long a provider may ask to be left alone.
    static let longestWish = Duration.seconds(15 * 60)

    /// Before a mail of which nobody knows whether it was sent is sent again: the provider may still tell.
    var pauseAfterUnknown: Duration {
        switch urgency {
        case .code: .seconds(30)
        case .notice: .seconds(60)
        }
    }

    /// The pause after attempt number `attempt`, from 1.
    func pause(after attempt: Int, _ generator: inout some RandomNumberGenerator) -> Duration {
        precondition(attempt > 0, "attempts are counted from 1")
        let pauses = pauses
        return pauses[min(attempt, pauses.count) - 1]
            * Double.random(in: 1 - Self.jitter...1 + Self.jitter, using: &generator)
    }
}
