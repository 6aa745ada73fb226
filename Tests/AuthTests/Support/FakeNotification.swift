import Contracts
import Observe
import RPC
import Synchronization

/// The notification service as its contract says: keeps the mails.
final class FakeNotification: NotificationServing {
    struct State: Sendable {
        var mails: [NotificationSendMailRequest] = []
        var failure: RPCError?
    }

    let state = Mutex(State())

    func sendMail(
        _ request: NotificationSendMailRequest,
        _ context: CallContext
    ) async throws -> NotificationSendMailResponse {
        let failure = state.withLock { state in
            if state.failure == nil { state.mails.append(request) }
            return state.failure
        }
        if let failure { throw failure }
        return NotificationSendMailResponse()
    }

    /// The mails since the last time, each as its kind and its recipient.
    func kinds() -> [String] { take().map { "\(Self.name($0.mail)) \($0.recipient.email)" } }

    /// The mails since the last time.
    func take() -> [NotificationSendMailRequest] {
        state.withLock { state in
            defer { state.mails = [] }
            return state.mails
        }
    }

    private static func name(_ mail: NotificationMail) -> String {
        switch mail.kind {
        case .verifyEmail: "verify-email"
        case .accountExists: "account-exists"
        case .resetPassword: "reset-password"
        case .noAccount: "no-account"
        case .changeEmail: "change-email"
        case .emailChanged: "email-changed"
        case .passwordChanged: "password-changed"
        case .linkAccount: "link-account"
        case .accountLinked: "account-linked"
        case nil: "none"
        }
    }
}

extension NotificationMail {
    /// What it proves with, if anything.
    var proof: NotificationProof {
        switch kind {
        case .verifyEmail(let mail): mail.proof
        case .resetPassword(let mail): mail.proof
        case .changeEmail(let mail): mail.proof
        case .emailChanged(let mail): mail.proof
        case .linkAccount(let mail): mail.proof
        default: NotificationProof()
        }
    }
}
