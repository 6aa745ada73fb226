public import Reactor

/// A driver that hands mails to somebody who delivers them. Slot `notification.mail`.
///
/// Rules every driver keeps; `MailerCompatibility` checks them:
/// - One call, one answer. A driver never tries again by itself, and never sends to anybody but `message.to`: when and
///   through whom a mail is tried again is the outbox's business.
/// - The message id and the outbox id travel with the mail, so that a second copy can be told from a second mail.
/// - `accepted` means that somebody else has the mail; `unknownOutcome` that somebody else may have it. Any other
///   answer means that nobody has.
/// - Reasons are one line, safe to show to an operator: no credential, no content of the mail, no address.
/// - A cancelled task ends the call soon, with whatever is then true.
public protocol Mailer: Driver {
    /// Hands over one mail.
    /// - Parameter deadline: when the caller gives up; nil for the driver's own limits.
    func send(_ message: MailMessage, _ deadline: MonotonicTime?) async -> MailOutcome

    /// Checks that a report comes from the provider, and reads what it says: events of mails of ours, in any order,
    /// some perhaps for the second time. The same report gives the same events.
    /// - Throws: ``MailReportError``; then nothing of the report may be believed.
    func events(in report: MailReport) async throws(MailReportError) -> [MailEvent]
}

extension Mailer {
    /// Nobody reports anything to this driver.
    public func events(in report: MailReport) async throws(MailReportError) -> [MailEvent] {
        throw MailReportError(.closed, "no reports of mails are taken here")
    }
}
