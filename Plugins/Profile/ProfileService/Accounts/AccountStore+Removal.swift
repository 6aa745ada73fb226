import Postgres
import RPC
import Reactor

extension AccountStore {
    /// Takes everything of the person out of the account, and notes that its photo and sessions must still go: one
    /// transaction, after which nobody finds the account. The rows of the ledger stay.
    /// - Throws: NOT_FOUND.
    func remove(_ id: PostgresUUID, by deadline: MonotonicTime?) async throws {
        try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            let count = try await transaction.execute(
                """
                UPDATE accounts SET given_name = '', family_name = '', email = NULL, email_key = NULL,
                    email_verified = false, language = '', password = NULL, photo = false, epoch = epoch + 1,
                    version = version + 1, deleted_at = now()
                WHERE id = \(id) AND deleted_at IS NULL
                """
            )
            guard count == 1 else { throw RPCError.unknownClient }
            try await transaction.execute("DELETE FROM identities WHERE account = \(id)")
            try await transaction.execute("INSERT INTO departures (account) VALUES (\(id))")
        }
    }

    /// Removed accounts of which something may be left, those of the last moments not: who removed them is at it.
    func departures(by deadline: MonotonicTime?) async throws -> [PostgresUUID] {
        let rows = try await database.query(
            "SELECT account FROM departures WHERE since < now() - interval '15 seconds' ORDER BY since LIMIT 20",
            PostgresCall(deadline: deadline)
        )
        return try rows.decode(PostgresUUID.self)
    }

    /// Nothing is left.
    func depart(_ id: PostgresUUID, by deadline: MonotonicTime?) async throws {
        try await database.execute(
            "DELETE FROM departures WHERE account = \(id)",
            PostgresCall(deadline: deadline)
        )
    }
}
