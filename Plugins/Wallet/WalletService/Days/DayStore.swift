import Money
import Observe
import Postgres
import Reactor

/// The market's days in the database, as every replica sees them.
struct DayStore: Sendable {
    let database: PostgresClient

    /// A day that has begun.
    struct Beginning: Sendable {
        let day: CalendarDate
        /// By our time.
        let since: WallTime
    }

    /// Notes that days have begun, and whose actions are to be asked for: those of every company that somebody owns or
    /// wants. Without effect for what is noted already, or began before the newest.
    /// - Parameter days: the newest last; those before it were missed while nobody looked.
    func begin(_ days: [Beginning], by deadline: MonotonicTime?) async throws {
        try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            // No order that was priced before comes in from here on: see `admit_order`.
            try await transaction.execute("SELECT pg_advisory_xact_lock(hashtext('lonja-days'), 0)")
            for begun in days {
                let rows = try await transaction.query(
                    """
                    INSERT INTO market_days (ordinal, day, since)
                    SELECT COALESCE(last.ordinal, 0) + 1, \(begun.day), \(begun.since)
                    FROM (VALUES (1)) AS one (n)
                        LEFT JOIN (SELECT * FROM market_days ORDER BY ordinal DESC LIMIT 1) last ON true
                    WHERE last.ordinal IS NULL OR (last.day <> \(begun.day) AND last.since < \(begun.since))
                    RETURNING ordinal
                    """
                )
                guard let row = rows.first else { continue }
                let ordinal: Int32 = try row.value(at: 0)
                // Of what came before the very first day nothing is known.
                guard ordinal > 1 else { continue }
                try await transaction.execute(
                    """
                    INSERT INTO day_symbols (ordinal, symbol)
                    SELECT \(ordinal), symbol FROM (
                        SELECT symbol FROM positions WHERE available > 0 OR held > 0
                        UNION
                        SELECT symbol FROM orders WHERE state IN ('accepted', 'held', 'executing')
                    ) s
                    """
                )
            }
        }
    }

    /// How far the books are; nil before the first day.
    func gate(by deadline: MonotonicTime?) async throws -> DayGate? {
        let answers = try await database.batch(
            [
                "SELECT ordinal, day FROM market_days ORDER BY ordinal DESC LIMIT 1",
                "SELECT DISTINCT symbol FROM day_symbols WHERE NOT done",
                """
                SELECT symbol, new_shares, old_shares FROM corporate_actions
                WHERE kind = 'split' AND (ordinal = (SELECT max(ordinal) FROM market_days)
                    OR id IN (SELECT action_id FROM action_clients WHERE NOT done))
                ORDER BY ordinal
                """,
                """
                SELECT w.client, a.symbol FROM action_clients w JOIN corporate_actions a ON a.id = w.action_id
                WHERE NOT w.done
                """,
            ],
            PostgresCall(deadline: deadline)
        )
        guard let row = answers[0].first else { return nil }
        var gate = DayGate(ordinal: Int(try row.value(at: 0, as: Int32.self)), day: try row.value(at: 1))
        gate.unknown = Set(try answers[1].decode(String.self))
        for row in answers[2] {
            let ratio = ShareRatio(
                new: Int(try row.value(at: 1, as: Int32.self)),
                old: Int(try row.value(at: 2, as: Int32.self))
            )
            gate.splits[try row.value(at: 0)] = ratio
        }
        for row in answers[3] {
            gate.pending.insert(DayGate.Pending(client: try row.value(at: 0), symbol: try row.value(at: 1)))
        }
        return gate
    }
}
