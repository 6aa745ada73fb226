import Money
import Postgres
import RPC
import Reactor

/// Resets in the database. Each step is one transaction, and has no effect when it is taken again.
struct ResetStore: Sendable {
    let database: PostgresClient
    /// How long nobody else goes on with what somebody has taken.
    let lease: Duration

    private var leaseSeconds: Double { Double(lease.wholeNanoseconds) / 1_000_000_000 }

    /// Orders that are on their way: neither waiting nor ended, or not settled.
    private static let moving = """
        (state IN ('accepted', 'executing') OR settlement = 'owed' OR (state = 'held' AND type = 'market'))
        """

    /// The reset of a key.
    func find(_ client: String, key: String, by deadline: MonotonicTime?) async throws -> StoredReset? {
        let rows = try await database.query(
            """
            SELECT \(unsafeSQL: StoredReset.columns) FROM resets
            WHERE client = \(client) AND idempotency_key = \(key)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.first.map { try StoredReset($0) }
    }

    /// Begins one: from here on nothing is placed in the account.
    /// - Throws: FAILED_PRECONDITION ("order-in-progress"); ABORTED while another one is running.
    func begin(_ client: String, key: String, by deadline: MonotonicTime?) async throws -> StoredReset {
        do {
            return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
                // See `admit_order`.
                try await transaction.execute(
                    "SELECT pg_advisory_xact_lock(hashtext('lonja-client'), hashtext(\(client)))"
                )
                let rows = try await transaction.query(
                    """
                    INSERT INTO resets (id, client, idempotency_key, account, state, attend_at)
                    SELECT \(PostgresUUID.random()), \(client), \(key), 1 + count(r.id), 'closing',
                        now() + make_interval(secs => \(leaseSeconds))
                    FROM (SELECT id FROM resets WHERE client = \(client)) r
                    HAVING NOT EXISTS (
                        SELECT FROM orders WHERE client = \(client) AND \(unsafeSQL: Self.moving))
                    RETURNING \(unsafeSQL: StoredReset.columns)
                    """
                )
                guard let row = rows.first else {
                    throw RPCError(
                        .failedPrecondition,
                        "an order is on its way; try again when it has ended",
                        reason: "order-in-progress"
                    )
                }
                return try StoredReset(row)
            }
        } catch let error as PostgresError where error.isUniqueViolation {
            throw RPCError(.aborted, "the account is being reset already; try again")
        }
    }

    /// Goes on to the cash, if nothing is open, held or owed any more.
    /// - Returns: false if something is.
    func close(_ reset: StoredReset, by deadline: MonotonicTime?) async throws -> Bool {
        let client = reset.client
        return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            try await transaction.execute(
                "SELECT pg_advisory_xact_lock(hashtext('lonja-client'), hashtext(\(client)))"
            )
            let changed = try await transaction.execute(
                """
                UPDATE resets SET state = 'funding' WHERE id = \(reset.id) AND state = 'closing'
                    AND NOT EXISTS (SELECT FROM orders WHERE client = \(client)
                        AND (state = 'held' OR \(unsafeSQL: Self.moving)))
                    AND NOT EXISTS (SELECT FROM action_clients WHERE client = \(client) AND NOT done)
                    AND NOT EXISTS (SELECT FROM credits WHERE client = \(client) AND NOT done)
                """
            )
            return changed > 0
        }
    }

    /// Books the shares away, and begins the next account with its cash.
    func finish(_ reset: StoredReset, _ cash: SharedAmount, by deadline: MonotonicTime?) async throws {
        let client = reset.client
        try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            let found = try await transaction.query(
                """
                UPDATE resets SET state = 'done', ended_at = now(), cleared_at = now(), last_fill = (
                    SELECT COALESCE(max(number), 0) FROM fills WHERE client = \(client))
                WHERE id = \(reset.id) AND state = 'funding' RETURNING id
                """
            )
            guard !found.isEmpty else { return }
            let positions = try await transaction.query(
                """
                SELECT symbol, currency, available, held, cost, realised, dividends FROM positions
                WHERE client = \(client) ORDER BY symbol FOR UPDATE
                """
            )
            let activity = PostgresUUID.random()
            var queries: [PostgresQuery] = [
                """
                INSERT INTO activities (id, client, account, kind, source, amount, currency, booked_at)
                VALUES (\(activity), \(client), \(Int32(reset.account + 1)), 'reset', \(reset.id.description),
                    \(cash.value), \(cash.currency.code), now())
                """,
                """
                UPDATE positions SET dividends = 0 WHERE client = \(client)
                """,
            ]
            for row in positions { queries += try Self.clearing(StoredPosition(row), client, activity) }
            _ = try await transaction.batch(queries)
        }
    }

    private static func clearing(
        _ stored: StoredPosition,
        _ client: String,
        _ activity: PostgresUUID
    ) throws -> [PostgresQuery] {
        var position = stored.position
        // Nothing can have been kept since nothing is open any more.
        guard position.held.isZero else { throw RPCError(.internalError, "shares are kept for no order") }
        let moves = position.reset()
        let books = Books(client: client, symbol: stored.symbol)
        return moves.map { books.booking($0, activity: activity) } + [books.updating(position)]
    }

    /// Takes resets that somebody has left unfinished; of several replicas exactly one gets each.
    func take(most: Int, by deadline: MonotonicTime?) async throws -> [StoredReset] {
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT id FROM resets WHERE state <> 'done' AND attend_at <= now()
                ORDER BY attend_at LIMIT \(most) FOR UPDATE SKIP LOCKED
            )
            UPDATE resets r SET attend_at = now() + make_interval(secs => \(leaseSeconds))
            FROM due WHERE r.id = due.id RETURNING r.id, r.client, r.account, r.state
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try StoredReset($0) }
    }
}
