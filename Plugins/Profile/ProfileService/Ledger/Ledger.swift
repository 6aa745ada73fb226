import Money
import Postgres
import RPC
import Reactor

/// The clients' cash as a double-entry ledger. Every move is one statement and one round trip: it locks the balance,
/// checks it, and books the transfer, or does nothing at all. What was done is known by its id, so that it can be asked
/// for again.
final class Ledger: Sendable {
    /// How often a statement is repeated that met another one.
    private static let attempts = 6

    let database: PostgresClient
    /// What a client has to begin with.
    let start: Amount

    init(database: PostgresClient, start: Amount) {
        self.database = database
        self.start = start
    }

    /// The starting sum, once per client; for whoever verifies an account.
    func depositStart(_ client: PostgresUUID, in transaction: PostgresTransaction) async throws {
        guard let query = startQuery(client) else { return }
        try await transaction.execute(query)
    }

    private func startQuery(_ client: PostgresUUID) -> PostgresQuery? {
        guard start.signum > 0 else { return nil }
        let currency = start.currency.code
        return """
            WITH entry AS (
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                VALUES ('deposit', \(client.description), \(client), \(currency), \(start.value), 'funding', 'available')
                ON CONFLICT (kind, entry_id) DO NOTHING
                RETURNING amount
            )
            INSERT INTO balances AS b (client, currency, available, held)
            SELECT \(client), \(currency), amount, 0 FROM entry
            ON CONFLICT (client, currency) DO UPDATE SET available = b.available + EXCLUDED.available
            """
    }

    /// Executes a statement that may be executed twice. Again when it met another (a conflict, or the same id at the same
    /// time), and when the connection broke before the answer: then it finds what it did.
    func repeating(_ query: PostgresQuery, by deadline: MonotonicTime?) async throws -> PostgresRows {
        var left = Self.attempts
        while true {
            left -= 1
            do {
                return try await database.query(query, PostgresCall(deadline: deadline))
            } catch let error as PostgresError
                where left > 0
                && (error.isTransactionConflict || error.isUniqueViolation || error.code == .connectionLost
                    || error.sqlState == "57P01")
            {
                continue
            }
        }
    }

    /// What was found, as the balance of a currency; the first two columns are what is available and held.
    static func balance(_ row: PostgresRow, _ currency: Currency) throws -> CashBalance {
        CashBalance(available: try row.value(at: 0), held: try row.value(at: 1), currency: currency)
    }
}
