public import Plugin
import Reactor

extension SendGridMailer {
    /// Checks the signature of SendGrid's event webhook, and reads the events of our mails. On a thread of the
    /// blocking pool: a body of a megabyte takes longer than a loop may be held.
    public func events(in report: MailReport) async throws(MailReportError) -> [MailEvent] {
        guard let key = sendGrid.hookKey else {
            throw MailReportError(.closed, "no reports of mails are taken here")
        }
        let result: Result<[MailEvent], MailReportError>
        do {
            result = try await blocking.run {
                Result { () throws(MailReportError) in
                    let report = SendGridReport(report: report)
                    try report.check(key)
                    return try report.events()
                }
            }
        } catch {
            throw MailReportError(.overloaded, "\(error)")
        }
        return try result.get()
    }
}
