import Contracts
import Postgres
import RPC

/// By what an account is asked for.
enum AccountKey: Sendable {
    case id(PostgresUUID)
    case email(EmailAddress)
    case identity(issuer: String, subject: String)
}

extension PostgresUUID {
    /// The client that a call is made for.
    /// - Throws: UNAUTHENTICATED where the caller names none, NOT_FOUND for what is no id.
    init(clientOf context: CallContext) throws(RPCError) {
        try self.init(client: context.client())
    }

    /// The client of a request.
    /// - Throws: NOT_FOUND for what is no id: nobody has it.
    init(client text: String) throws(RPCError) {
        guard let id = PostgresUUID(parsing: text) else { throw .unknownClient }
        self = id
    }
}

extension RPCError {
    /// Nobody, or nobody any more.
    static var unknownClient: RPCError { RPCError(.notFound, "there is no such client", reason: "unknown-client") }
}

extension ProfileIdentity {
    /// - Throws: INVALID_ARGUMENT for one that is empty, too long or not text that can be stored.
    func checked() throws(RPCError) -> ProfileIdentity {
        for (field, text) in [("issuer", issuer), ("subject", subject)] {
            let isText = !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            guard (1...255).contains(text.utf8.count), isText else {
                throw .field(field, "invalid", "must have 1 to 255 bytes")
            }
        }
        return self
    }
}
