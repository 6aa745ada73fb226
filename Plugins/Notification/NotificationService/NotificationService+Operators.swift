import Contracts
import Postgres
import RPC

extension NotificationService {
    func getDelivery(
        _ request: NotificationGetDeliveryRequest,
        _ context: CallContext
    ) async throws -> NotificationDelivery {
        guard let delivery = try await outbox.delivery(Self.id(request.id), by: context.deadline) else {
            throw Self.missing
        }
        return delivery
    }

    func listDeliveries(
        _ request: NotificationListDeliveriesRequest,
        _ context: CallContext
    ) async throws -> NotificationListDeliveriesResponse {
        guard (0...200).contains(request.pageSize) else {
            throw RPCError.field("pageSize", "invalid", "must be 0 to 200")
        }
        let state: MailState? =
            switch request.state {
            case .unspecified: nil
            case .queued: .queued
            case .sent: .sent
            case .dead: .dead
            case .expired: .expired
            case .UNRECOGNIZED: throw RPCError.field("state", "invalid", "must be a state")
            }
        let size = request.pageSize == 0 ? 50 : Int(request.pageSize)
        let before = request.cursor.isEmpty ? nil : try DeliveryCursor(parsing: request.cursor).before
        // One more than asked for tells whether there is another page.
        let found = try await outbox.deliveries(state, before: before, most: size + 1, by: context.deadline)
        var response = NotificationListDeliveriesResponse()
        response.items = found.prefix(size).map(\.delivery)
        if found.count > size { response.nextCursor = DeliveryCursor(before: found[size - 1].seq).text }
        return response
    }

    func retryDelivery(
        _ request: NotificationRetryDeliveryRequest,
        _ context: CallContext
    ) async throws -> NotificationDelivery {
        let id = try Self.id(request.id)
        if let delivery = try await outbox.takeUp(id, by: context.deadline) {
            wake.signal()
            return delivery
        }
        guard let delivery = try await outbox.delivery(id, by: context.deadline) else { throw Self.missing }
        guard delivery.state == .dead else {
            throw RPCError(.failedPrecondition, "the mail is not dead", reason: "mail-not-dead")
        }
        throw RPCError(.failedPrecondition, "what the mail says is over", reason: "mail-content-gone")
    }

    func previewMail(
        _ request: NotificationPreviewMailRequest,
        _ context: CallContext
    ) async throws -> NotificationMailPreview {
        guard let kind = MailKind(rawValue: request.kind) else {
            let known = MailKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw RPCError.field("kind", "invalid", "must be one of: \(known)")
        }
        let letter = composer.preview(kind, MailLanguage(tag: request.language), name: request.name)
        var preview = NotificationMailPreview()
        preview.subject = letter.subject
        preview.text = letter.text
        preview.html = letter.html
        return preview
    }

    private static func id(_ text: String) throws(RPCError) -> PostgresUUID {
        guard let id = PostgresUUID(parsing: text) else { throw .field("id", "invalid", "must be a UUID") }
        return id
    }

    private static var missing: RPCError { RPCError(.notFound, "there is no such mail", reason: "no-such-mail") }
}
