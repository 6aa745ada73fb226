import HTTP
import Observe
import Plugin
import Reactor

/// What an answer of SendGrid's means for the mail. Without I/O; both clocks are parameters.
enum SendGridVerdict {
    /// The longest wait that a limit may ask for.
    static let longestWait = Duration.seconds(15 * 60)
    /// The wait when a limit does not say when it ends.
    static let usualWait = Duration.seconds(60)

    static func outcome(
        status: Int,
        fields: HTTPFields,
        body: [UInt8],
        now: WallTime,
        monotonic: MonotonicTime
    ) -> MailOutcome {
        if status == 202 { return .accepted(providerID: MailOutcome.line(fields["x-message-id"] ?? "")) }
        let problem = SendGridProblem(body)
        let words = problem.message.isEmpty ? "" : ": \(problem.message)"
        let about = problem.field.isEmpty ? "" : " (\(problem.field))"
        let reason = "SendGrid answers \(status)\(words)\(about)"
        switch status {
        case 429:
            let wait = wait(fields, now: now)
            return .driverFault(until: monotonic.advanced(by: wait), reason: "\(reason); its limit is reached")
        case 200..<300:
            return .driverFault(until: nil, reason: "\(reason), which is not 202: the mail was checked, but not taken")
        case 300..<400:
            return .driverFault(until: nil, reason: "\(reason): there is no API of SendGrid's at this URL")
        case 400 where problem.isAboutRecipient:
            return .permanentRecipient(reason: reason)
        case 400 where problem.isAboutSender, 401, 403, 404, 405, 406:
            return .driverFault(until: nil, reason: reason)
        case 408, 500...:
            return .retry(after: nil, reason: reason)
        default:
            return .permanentMessage(reason: reason)
        }
    }

    /// Until the moment of `x-ratelimit-reset`, in seconds since the epoch.
    private static func wait(_ fields: HTTPFields, now: WallTime) -> Duration {
        guard let text = fields["x-ratelimit-reset"], let seconds = Int64(text), seconds > 0 else { return usualWait }
        let wait = now.duration(to: WallTime(secondsSinceEpoch: seconds))
        return min(max(wait, .seconds(1)), longestWait)
    }
}
