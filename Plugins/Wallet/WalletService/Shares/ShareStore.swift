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

    /// The companies of a client that there ever was something of, by symbol, and the account.
    /// - Parameter symbol: one alone; all when nil.
    func positions(
        of client: String,
        symbol: String? = nil,
        by deadline: MonotonicTime?
    ) async throws -> (positions: [StoredPosition], account: WalletAccount) {
        let answers = try await database.batch(
            [
                """
                SELECT symbol, currency, available, held, cost, realised, dividends FROM positions
                WHERE client = \(client) AND (\(symbol)::text IS NULL OR symbol = \(symbol)) ORDER BY symbol
                """,
                """
                SELECT 1 + count(*)::integer,
                    COALESCE(max(ended_at), (SELECT created_at FROM wallets WHERE client = \(client)))
                FROM resets WHERE client = \(client) AND state = 'done'
                """,
            ],
            PostgresCall(deadline: deadline)
        )
        let row = answers[1][0]
        let account = WalletAccount(number: Int(try row.value(at: 0, as: Int32.self)), since: try row.value(at: 1))
        return (try answers[0].map { try StoredPosition($0) }, account)
    }

    /// Fills of a client, newest first.
    /// - Parameter account: of an account that was reset; of the one now when nil.
    func trades(
        of client: String,
        account: Int32?,
        side: OrderSide?,
        symbol: String?,
        before number: Int64,
        limit: Int,
        by deadline: MonotonicTime?
    ) async throws -> [StoredTrade] {
        let rows = try await database.query(
            """
            SELECT f.order_id, f.number, f.symbol, f.side, f.currency, f.quantity, f.price, f.fee, f.total,
                f.executed_at, f.explanation, (
                    SELECT d.day FROM market_days d WHERE d.since <= t.booked_at OR d.ordinal = 1
                    ORDER BY d.since DESC LIMIT 1)
            FROM fills f JOIN share_transfers t ON t.order_id = f.order_id AND t.kind = f.side
            WHERE f.client = \(client) AND f.number < \(number)
                AND f.number > COALESCE((SELECT max(last_fill) FROM resets r WHERE r.client = \(client)
                    AND r.state = 'done' AND (\(account)::integer IS NULL OR r.account < \(account))), 0)
                AND COALESCE(\(account)::integer, 1) <= 1 + (
                    SELECT count(*) FROM resets r WHERE r.client = \(client) AND r.state = 'done')
                AND f.number <= COALESCE((SELECT last_fill FROM resets r WHERE r.client = \(client)
                    AND r.state = 'done' AND r.account = \(account)), 9223372036854775807)
                AND (\(side?.rawValue)::text IS NULL OR f.side = \(side?.rawValue))
                AND (\(symbol)::text IS NULL OR f.symbol = \(symbol))
            ORDER BY f.number DESC LIMIT \(limit)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.compactMap { try StoredTrade($0) }
    }
}
