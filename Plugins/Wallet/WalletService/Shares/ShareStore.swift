import Postgres
import Reactor

/// What clients own, and how they came to it.
struct ShareStore: Sendable {
    let database: PostgresClient

    /// Makes a wallet, once; gives its id.
    func create(_ client: String, id: String, by deadline: MonotonicTime?) async throws -> String {
        let rows = try await database.query(
            """
            INSERT INTO wallets AS w (client, id) VALUES (\(client), \(id))
            ON CONFLICT (client) DO UPDATE SET id = w.id RETURNING id
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.decode(String.self).first ?? id
    }

    /// The companies of a client that there ever was something of, by symbol.
    /// - Parameter symbol: one alone; all when nil.
    func positions(
        of client: String,
        symbol: String? = nil,
        by deadline: MonotonicTime?
    ) async throws -> [StoredPosition] {
        let rows = try await database.query(
            """
            SELECT symbol, currency, available, held, cost, realised FROM positions
            WHERE client = \(client) AND (\(symbol)::text IS NULL OR symbol = \(symbol)) ORDER BY symbol
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try StoredPosition($0) }
    }

    /// Fills of a client, newest first.
    func trades(
        of client: String,
        side: OrderSide?,
        symbol: String?,
        before number: Int64,
        limit: Int,
        by deadline: MonotonicTime?
    ) async throws -> [StoredTrade] {
        let rows = try await database.query(
            """
            SELECT order_id, number, symbol, side, currency, quantity, price, fee, total, executed_at, explanation
            FROM fills
            WHERE client = \(client) AND number < \(number)
                AND (\(side?.rawValue)::text IS NULL OR side = \(side?.rawValue))
                AND (\(symbol)::text IS NULL OR symbol = \(symbol))
            ORDER BY number DESC LIMIT \(limit)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.compactMap { try StoredTrade($0) }
    }
}
