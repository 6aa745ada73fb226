import Config
import Digest
import Reactor
import Valkey

/// Logins with Google that wait for a proof that the account of their address is the client's.
struct LinkTickets: Sendable {
    static let life = Duration.seconds(600)

    let store: ValkeyClient

    /// What such a login is about.
    struct Ticket: Sendable, Equatable {
        let user: Identifier
        let address: EmailAddress
        let issuer: String
        let subject: String
        let next: LocalPath
    }

    /// Keeps a ticket.
    /// - Returns: what the flow cookie is to hold: 32 random bytes, of which the store has the SHA-256.
    func keep(_ ticket: Ticket, by deadline: MonotonicTime?) async throws(ValkeyError) -> String {
        let token = Base64URL.encode([UInt8].random(32))
        let parts = [ticket.user.text, ticket.address.text, ticket.issuer, ticket.subject, ticket.next.text]
        // No part can contain a line end in base64url.
        let value = parts.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: "\n")
        try await store.set(Self.key(token), value, expiry: .after(Self.life), deadline: deadline)
        return token
    }

    /// The ticket of a cookie; nil if there is none.
    func find(_ token: String, by deadline: MonotonicTime?) async throws(ValkeyError) -> Ticket? {
        guard token.utf8.count == 43 else { return nil }
        guard let value = try await store.get(Self.key(token), as: String.self, deadline: deadline) else { return nil }
        let parts = value.split(separator: "\n", omittingEmptySubsequences: false).compactMap { part -> String? in
            let text = String(part)
            return Base64URL.decode(text, count: text.utf8.count * 3 / 4).map { String(decoding: $0, as: UTF8.self) }
        }
        guard parts.count == 5, let user = Identifier(parts[0]), let address = EmailAddress(parts[1]) else {
            return nil
        }
        return Ticket(user: user, address: address, issuer: parts[2], subject: parts[3], next: LocalPath(parts[4]))
    }

    /// Uses a ticket up.
    /// - Returns: whether it was still there: only one of several callers hears yes.
    func use(_ token: String, by deadline: MonotonicTime?) async throws(ValkeyError) -> Bool {
        try await store.del([Self.key(token)], deadline: deadline) == 1
    }

    private static func key(_ token: String) -> String {
        "auth:link:\(Base64URL.encode(SHA256.hash(Array(token.utf8))))"
    }
}
