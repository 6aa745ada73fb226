import Fetch
import Plugin

/// What a failure of the SMTP client means for the mail (RFC 5321, RFC 3463). Without I/O.
enum SMTPVerdict {
    static func outcome(_ error: FetchError) -> MailOutcome {
        let words = error.reply.map { " \($0.text)" } ?? ""
        let reason = MailOutcome.line(error.message + words)
        switch error.code {
        case .outcomeUnknown:
            return .unknownOutcome(reason: reason)
        case .invalidAddress:
            return .permanentRecipient(reason: reason)
        case .invalidMessage:
            return .permanentMessage(reason: reason)
        case .mailDeferred:
            return deferred(error, reason)
        case .mailRejected:
            return rejected(error, reason)
        case .notOffered:
            // Of what a mail may need, only an address beyond ASCII is the recipient's; mechanisms of AUTH are ours.
            return error.message.contains("SMTPUTF8")
                ? .permanentRecipient(reason: reason) : .driverFault(until: nil, reason: reason)
        case .connectionLost, .stalled, .deadlineExceeded, .cancelled, .closed, .overloaded:
            return .retry(after: nil, reason: reason)
        default:
            // No way there, no TLS, a bad certificate, credentials that are refused: the same for every mail.
            return .driverFault(until: nil, reason: reason)
        }
    }

    private static func deferred(_ error: FetchError, _ reason: String) -> MailOutcome {
        // Before the first command about this mail nothing was said about it.
        guard !error.recipients.isEmpty else { return .driverFault(until: nil, reason: reason) }
        return .retry(after: error.reply.flatMap { RetryHint.wait(in: $0.text) }, reason: reason)
    }

    /// The enhanced code tells best what is refused; where it is silent, the command does.
    private static func rejected(_ error: FetchError, _ reason: String) -> MailOutcome {
        // Without an answer it was found before anything was sent: too large for this server.
        guard let reply = error.reply else { return .permanentMessage(reason: reason) }
        switch reply.enhanced.map({ ($0.subject, $0.detail) }) {
        case (1, 7)?, (1, 8)?:
            // Bad sender's address (RFC 3463 §3.2).
            return .driverFault(until: nil, reason: reason)
        case (1, _)?, (2, 0...2)?:
            return .permanentRecipient(reason: reason)
        case (2, 3)?, (3, 4)?, (6, _)?:
            return .permanentMessage(reason: reason)
        default:
            break
        }
        let step = error.recipients.first?.reply
        if let step, step.isPositive { return .permanentMessage(reason: reason) }
        let wantsCredentials = [530, 535, 538].contains(reply.code) || isRelayRefusal(reply)
        if step == reply, !wantsCredentials { return .permanentRecipient(reason: reason) }
        return .driverFault(until: nil, reason: reason)
    }

    /// No code says "you may not send through me": 5.7.1 is used for it, and for a recipient's own rules too.
    private static func isRelayRefusal(_ reply: SMTPReply) -> Bool {
        guard let enhanced = reply.enhanced, enhanced.subject == 7, enhanced.detail <= 1 else { return false }
        let text = reply.text.lowercased()
        return text.contains("relay") || text.contains("authentication required") || text.contains("sender address")
            || text.contains("client host rejected") || text.contains("access denied")
    }
}
