import Money
import Observe
import Postgres
import Reactor

/// What happened to clients beside trades.
struct ActivityStore: Sendable {
    let database: PostgresClient

    /// Newest first.
    /// - Parameter account: of an account that was reset; of the one now when nil.
    func list(
        _ client: String,
        account: Int32?,
        kind: StoredActivity.Kind?,
        symbol: String?,
        before number: Int64,
        limit: Int,
        by deadline: MonotonicTime?
    ) async throws -> [StoredActivity] {
        let rows = try await database.query(
            """
            SELECT a.id, a.number, a.kind, a.symbol, a.amount, a.currency, a.quantity, a.booked_at, (
                    SELECT d.day FROM market_days d WHERE d.since <= a.booked_at OR d.ordinal = 1
                    ORDER BY d.since DESC LIMIT 1), c.new_shares, c.old_shares, c.per_share
            FROM activities a LEFT JOIN corporate_actions c ON c.id = a.action_id
            WHERE a.client = \(client) AND a.number < \(number)
                AND a.account = COALESCE(\(account)::integer, 1 + (
                    SELECT count(*) FROM resets WHERE client = \(client) AND state = 'done'))
                AND (\(kind?.rawValue)::text IS NULL OR a.kind = \(kind?.rawValue))
                AND (\(symbol)::text IS NULL OR a.symbol = \(symbol))
            ORDER BY a.number DESC LIMIT \(limit)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try StoredActivity($0) }
    }

    /// Notes a deposit that profile has booked, once.
    /// - Parameter entry: its id in profile's ledger.
    func note(
        deposit amount: SharedAmount,
        entry: String,
        at time: WallTime,
        of client: String,
        by deadline: MonotonicTime?
    ) async throws {
        try await database.execute(
            """
            INSERT INTO activities (id, client, account, kind, source, amount, currency, booked_at)
            VALUES (\(PostgresUUID.random()), \(client), 1 + (
                SELECT count(*) FROM resets WHERE client = \(client) AND state = 'done' AND cleared_at < \(time)),
                'deposit', \(entry), \(amount.value), \(amount.currency.code), \(time))
            ON CONFLICT (client, kind, source) DO NOTHING
            """,
            PostgresCall(deadline: deadline)
        )
    }

    /// The deposits that are noted: their ids in profile's ledger.
    func deposits(of client: String, by deadline: MonotonicTime?) async throws -> Set<String> {
        let rows = try await database.query(
            "SELECT source FROM activities WHERE client = \(client) AND kind = 'deposit'",
            PostgresCall(deadline: deadline)
        )
        return Set(try rows.decode(String.self))
    }
}
