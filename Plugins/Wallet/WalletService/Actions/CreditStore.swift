import Money
import Postgres
import Reactor

/// Dividends that profile has yet to be told of.
struct CreditStore: Sendable {
    /// One of them. A class: see `OrderTerms`.
    final class Credit: Sendable {
        /// The activity's, and the entry's of profile's ledger.
        let id: PostgresUUID
        let client: String
        let amount: Amount

        init(_ row: PostgresRow) throws {
            id = try row.value(at: 0)
            client = try row.value(at: 1)
            amount = Amount(try row.value(at: 2), try row.value(at: 3))
        }
    }

    let database: PostgresClient
    /// How long nobody else goes on with what somebody has taken.
    let lease: Duration

    /// Takes some; of several replicas exactly one gets each.
    func take(most: Int, by deadline: MonotonicTime?) async throws -> [Credit] {
        let seconds = Double(lease.wholeNanoseconds) / 1_000_000_000
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT activity_id FROM credits WHERE NOT done AND attend_at <= now()
                ORDER BY attend_at LIMIT \(most) FOR UPDATE SKIP LOCKED
            )
            UPDATE credits c SET attend_at = now() + make_interval(secs => \(seconds))
            FROM due WHERE c.activity_id = due.activity_id
            RETURNING c.activity_id, c.client, c.amount, c.currency
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Credit($0) }
    }

    /// Profile has it.
    func finish(_ credit: Credit, by deadline: MonotonicTime?) async throws {
        try await database.execute(
            "UPDATE credits SET done = true WHERE activity_id = \(credit.id)",
            PostgresCall(deadline: deadline)
        )
    }
}
