import Contracts
import Money
import Postgres
import RPC
import Reactor

extension Ledger {
    /// Adds the proceeds of a sale.
    /// - Throws: NOT_FOUND for no client; ALREADY_EXISTS for an id that credited something else.
    func credit(
        _ id: String,
        to client: PostgresUUID,
        _ amount: CashAmount,
        by deadline: MonotonicTime?
    ) async throws -> ProfileBalance {
        let rows: PostgresRows
        do {
            rows = try await repeating(Self.crediting(id, client, amount), by: deadline)
        } catch let error as PostgresError where error.sqlState == "23503" {
            throw RPCError.unknownClient
        }
        guard let row = rows.first else { throw RPCError(.aborted, "another change came first; try again") }
        guard try row.value(at: 2, as: Bool.self) else { throw Self.otherContent }
        return ProfileBalance(try Self.balance(row, amount.currency))
    }

    private static func crediting(_ id: String, _ client: PostgresUUID, _ amount: CashAmount) -> PostgresQuery {
        let (value, currency) = (amount.value, amount.currency.code)
        return """
            WITH prior AS (
                SELECT client, currency, amount FROM transfers WHERE kind = 'credit' AND entry_id = \(id)
            ), moved AS (
                INSERT INTO balances AS b (client, currency, available, held)
                SELECT \(client), \(currency), \(value), 0 WHERE NOT EXISTS (SELECT FROM prior)
                ON CONFLICT (client, currency) DO UPDATE SET available = b.available + EXCLUDED.available
                RETURNING available, held
            ), booked AS (
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                SELECT 'credit', \(id), \(client), \(currency), \(value), 'market', 'available' FROM moved
            )
            SELECT available, held, true FROM moved
            UNION ALL
            SELECT b.available, b.held,
                p.client = \(client) AND p.currency = \(currency) AND p.amount = \(value)
            FROM prior p JOIN balances b ON b.client = p.client AND b.currency = p.currency
            """
    }
}
