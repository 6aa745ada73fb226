import Fetch
import Plugin

extension SendGridVerdict {
    /// What a request without an answer means. Whatever may have happened after the request was on its way is unknown.
    static func outcome(_ error: FetchError) -> MailOutcome {
        let reason = MailOutcome.line("SendGrid: \(error.message)")
        switch error.code {
        case .unresolved, .connectFailed, .connectTimeout, .overloaded:
            return .retry(after: nil, reason: reason)
        case .certificateExpired, .certificateNotYetValid, .certificateSelfSigned, .certificateUnknownAuthority,
            .certificateWrongHost, .certificateInvalid, .tlsFailed, .addressRefused, .invalidURL, .invalidRequest,
            .internalError:
            return .driverFault(until: nil, reason: reason)
        default:
            return .unknownOutcome(reason: reason)
        }
    }
}
