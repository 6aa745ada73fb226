import Contracts
import Logging
import Observe
import RPC
import SwiftProtobuf

/// Hands mails to notification. What is wrong with them never tells whether an address has an account.
struct MailSender: Sendable {
    let notification: NotificationClient

    /// Who a mail is for.
    struct Recipient: Sendable {
        let address: EmailAddress
        /// May be empty.
        let name: String
        /// "en" or "es"
        let language: String

        init(_ address: EmailAddress, name: String, language: String) {
            self.address = address
            self.name = name
            self.language = language == "es" ? "es" : "en"
        }

        /// Somebody of whom nothing is known.
        init(unknown address: EmailAddress) {
            self.init(address, name: "", language: "en")
        }
    }

    /// Sends one mail.
    /// - Throws: UNAVAILABLE if it was not accepted; RESOURCE_EXHAUSTED if the recipient has had too many.
    func send(_ kind: NotificationMail.OneOf_Kind, to recipient: Recipient, _ context: CallContext) async throws {
        var request = NotificationSendMailRequest()
        request.id = Identifier.random().text
        request.recipient.email = recipient.address.text
        request.recipient.name = recipient.name
        request.recipient.language = recipient.language
        request.mail.kind = kind
        do {
            _ = try await notification.sendMail(request, context)
        } catch let error as RPCError where [.resourceExhausted, .deadlineExceeded, .cancelled].contains(error.code) {
            throw error
        } catch {
            context.logger.error("a mail was not accepted", metadata: ["error": "\(RPCError(mapping: error).code)"])
            throw RPCError(.unavailable, "mails cannot be sent at the moment")
        }
    }

    /// Sends a notice of what has happened already: if that fails, it is logged and nothing else.
    func notify(_ kind: NotificationMail.OneOf_Kind, to recipient: Recipient, _ context: CallContext) async {
        do {
            try await send(kind, to: recipient, context)
        } catch {
            context.logger.error("a notice was not accepted", metadata: ["error": "\(RPCError(mapping: error).code)"])
        }
    }
}

extension NotificationProof {
    /// The proof that a mail shows.
    init(_ issued: CodeStore.Issued) {
        self.init()
        token = issued.token
        code = issued.code
        expiresAt = Google_Protobuf_Timestamp(issued.expires)
    }
}
