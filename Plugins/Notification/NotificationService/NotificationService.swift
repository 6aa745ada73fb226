import Contracts
import Logging
import Observe
import Plugin
import RPC
import Reactor

/// Serves the contract.
struct NotificationService: NotificationServing {
    let outbox: Outbox
    let composer: MailComposer
    let metrics: DeliveryMetrics
    /// Wakes the worker of this process.
    let wake: WakeSignal
    /// Whose driver knows who reports what became of mails.
    let slot: DriverSlot<any Mailer>
    let logger: Logger
    let gate = NotifyGate()

    func sendMail(
        _ request: NotificationSendMailRequest,
        _ context: CallContext
    ) async throws -> NotificationSendMailResponse {
        let mail = try OutboxMail(request)
        let acceptance = try await outbox.accept(mail, notifying: gate.pass(at: .now()), by: context.deadline)
        metrics.requests.with(mail.kind.rawValue, acceptance.label).increment()
        switch acceptance {
        case .accepted: wake.signal()
        case .known: break
        case .suppressed(let reason):
            // Nobody who asks is told, as that would tell of the address; operators see it.
            logger.warning("a mail was not sent", metadata: ["mail": "\(mail.id)", "reason": "\(reason)"])
        case .taken:
            throw RPCError(.alreadyExists, "the id stands for another mail", reason: "mail-id-taken")
        case .limited(let pause):
            throw RPCError(
                .resourceExhausted,
                "this address has had too many mails",
                reason: "too-many-mails",
                retryAfter: pause
            )
        }
        return NotificationSendMailResponse()
    }
}

extension Outbox.Acceptance {
    /// For metrics.
    fileprivate var label: String {
        switch self {
        case .accepted: "accepted"
        case .known: "known"
        case .suppressed: "suppressed"
        case .taken: "taken"
        case .limited: "limited"
        }
    }
}
