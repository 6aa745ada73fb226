import Contracts
import Observe
import Plugin
import Postgres
import RPC
import SwiftProtobuf

/// A mail that was asked for, checked.
struct OutboxMail: Sendable {
    /// The most bytes of a request.
    static let maximumBytes = 8 << 10

    let id: PostgresUUID
    let kind: MailKind
    let recipient: MailAddress
    /// When its code expires; nil for never.
    let expiresAt: WallTime?
    /// The request without its id: what is kept and, for the same id, compared.
    let content: [UInt8]

    /// Checks a request.
    /// - Throws: INVALID_ARGUMENT that names the field.
    init(_ request: NotificationSendMailRequest) throws {
        guard let id = PostgresUUID(parsing: request.id) else {
            throw RPCError.field("id", "invalid", "must be a UUID")
        }
        guard let kind = request.mail.kind else { throw RPCError.field("mail", "required", "must be of some kind") }
        do {
            recipient = try MailAddress(request.recipient.email, name: request.recipient.name)
        } catch {
            throw RPCError.field("recipient.email", "invalid", "must be a mail address: \(error)")
        }
        self.id = id
        self.kind = kind.kind
        expiresAt = try Self.expiry(kind)
        var content = request
        content.id = ""
        self.content = try content.serializedBytes()
        guard self.content.count <= Self.maximumBytes else {
            throw RPCError.field("mail", "too-long", "must have at most \(Self.maximumBytes) bytes")
        }
    }

    /// What two mails to one mailbox have in common. Some servers tell capitals of the local part apart; for a limit it is
    /// right not to.
    static func mailbox(_ address: MailAddress) -> [UInt8] { Array(address.address.lowercased().utf8) }

    private static func expiry(_ mail: NotificationMail.OneOf_Kind) throws(RPCError) -> WallTime? {
        guard let proof = mail.proof else { return nil }
        guard proof.hasExpiresAt else { throw .field("mail.proof.expiresAt", "required", "must be set") }
        if mail.kind.page != nil {
            // Base64url: it becomes a part of a link as it is.
            guard (1...512).contains(proof.token.utf8.count),
                proof.token.utf8.allSatisfy({ isWord($0) || $0 == 0x2D || $0 == 0x5F })
            else { throw .field("mail.proof.token", "invalid", "must be 1 to 512 characters of base64url") }
        }
        if mail.kind.showsCode {
            guard (1...32).contains(proof.code.utf8.count), proof.code.utf8.allSatisfy({ isWord($0) || $0 == 0x2D })
            else {
                throw .field("mail.proof.code", "invalid", "must be 1 to 32 letters, digits and hyphens")
            }
        }
        return WallTime(secondsSinceEpoch: proof.expiresAt.seconds, nanoseconds: Int64(proof.expiresAt.nanos))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
