import Contracts
import HTTP
import RPC
import SwiftProtobuf

/// POST /hooks/mail: where the mail provider reports what became of mails. For machines, so it is not below /api:
/// whoever calls has no session, and proves who they are by what the mail driver knows of its provider. Bytes are
/// passed on as they came; here nothing is read in them.
struct MailHookRoute: Sendable {
    /// Bytes of a report.
    static let largest = 1 << 20
    /// Reports that are under way at once: anybody may send one, and each is held in memory until it is known to be
    /// none.
    static let mostAtOnce = 32

    let notification: NotificationClient
    private let gate = HookGate(Self.mostAtOnce)

    init(notification: NotificationClient) { self.notification = notification }

    var route: RESTRoute {
        RESTRoute(.post, "/hooks/mail", for: .anybody) { [self] request, context in
            try request.finish()
            return try await gate.pass {
                var message = NotificationReportMailsRequest()
                message.fields = try Self.fields(request.head.fields)
                for try await chunk in request.stream() { message.body.append(contentsOf: chunk) }
                _ = try await notification.reportMails(message, context)
                return .noContent
            }
        }
        .streamed(maximumBody: Self.largest, timeout: .seconds(10))
        // The provider's few addresses report all mails; what is let in at once is bounded above.
        .counted(.none)
        .making()
    }

    /// What providers sign with stands in fields of their own. Nothing that is meant for us or for who stands before us
    /// (cookies, credentials, addresses) is passed on.
    private static func fields(_ fields: HTTPFields) throws -> [NotificationReportMailsRequest.Field] {
        var result: [NotificationReportMailsRequest.Field] = []
        var size = 0
        for field in fields where field.name.hasPrefix("x-") && field.name != "x-csrf-token" {
            let (name, value) = (field.name, field.value)
            guard !name.hasPrefix("x-forwarded-") else { continue }
            size += name.utf8.count + value.utf8.count
            guard result.count < 32, size <= 8 << 10 else {
                throw RPCError(.invalidArgument, "there are too many fields", reason: "mail-report-malformed")
            }
            result.append(.with { ($0.name, $0.value) = (name, value) })
        }
        return result
    }
}
