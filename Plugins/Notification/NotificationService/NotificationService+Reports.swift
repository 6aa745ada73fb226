import Contracts
import Logging
import Observe
import Plugin
import RPC

extension NotificationService {
    func reportMails(
        _ request: NotificationReportMailsRequest,
        _ context: CallContext
    ) async throws -> NotificationReportMailsResponse {
        let report = MailReport(
            fields: Dictionary(request.fields.map { ($0.name, [$0.value]) }, uniquingKeysWith: +),
            body: Array(request.body),
            receivedAt: .now()
        )
        let (driver, events) = try await read(report)
        let booking = try await outbox.book(events, driver: driver, by: context.deadline)
        for event in booking.events { metrics.events.with(driver, event.kind.rawValue).increment() }
        for (mail, reason) in booking.failures {
            logger.warning("a mail did not arrive", metadata: ["mail": "\(mail)", "reason": "\(reason)"])
        }
        var response = NotificationReportMailsResponse()
        response.booked = Int32(booking.events.count)
        response.passedOver = Int32(events.count - booking.events.count)
        return response
    }

    private func read(_ report: MailReport) async throws -> (driver: String, events: [MailEvent]) {
        do {
            let read = try await slot.use { mailer in
                (driver: type(of: mailer).name.description, events: try await mailer.events(in: report))
            }
            metrics.reports.with("taken").increment()
            return read
        } catch let error as MailReportError {
            metrics.reports.with(error.code.description).increment()
            throw Self.refusal(error)
        } catch let error as DriverError {
            throw RPCError(.unavailable, error.message)
        }
    }

    private static func refusal(_ error: MailReportError) -> RPCError {
        switch error.code {
        case .closed: RPCError(.notFound, error.message, reason: "mail-reports-closed")
        case .unsigned: RPCError(.unauthenticated, error.message, reason: "mail-report-unsigned")
        case .forged: RPCError(.permissionDenied, error.message, reason: "mail-report-forged")
        case .stale: RPCError(.permissionDenied, error.message, reason: "mail-report-stale")
        case .malformed: RPCError(.invalidArgument, error.message, reason: "mail-report-malformed")
        default: RPCError(.unavailable, error.message, reason: "busy", retryAfter: .seconds(5))
        }
    }
}
