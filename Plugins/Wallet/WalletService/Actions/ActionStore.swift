import Money
import Postgres
import Reactor

/// Splits and dividends in the database: which there are, and for whom they have yet to be booked.
struct ActionStore: Sendable {
    /// A company whose actions of a day are to be asked for.
    struct Question: Sendable {
        let ordinal: Int
        let symbol: String
        /// The day, and the one before it.
        let day: CalendarDate
        let before: CalendarDate
    }

    /// Something that concerns a client.
    struct Task: Sendable {
        let event: CorporateEvent
        let client: String
    }

    let database: PostgresClient
    /// How long nobody else goes on with what somebody has taken.
    let lease: Duration

    private var leaseSeconds: Double { Double(lease.wholeNanoseconds) / 1_000_000_000 }

    /// Takes companies to ask for, of the oldest day that is not known yet: what a day did must be booked before what
    /// the next does. Of several replicas exactly one gets each.
    func takeQuestions(most: Int, by deadline: MonotonicTime?) async throws -> [Question] {
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT ordinal, symbol FROM day_symbols
                WHERE NOT done AND attend_at <= now()
                    AND ordinal = (SELECT min(ordinal) FROM day_symbols WHERE NOT done)
                    AND NOT EXISTS (
                        SELECT FROM action_clients w JOIN corporate_actions a ON a.id = w.action_id
                        WHERE NOT w.done AND a.symbol = day_symbols.symbol)
                ORDER BY attend_at LIMIT \(most) FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE day_symbols s SET attend_at = now() + make_interval(secs => \(leaseSeconds))
                FROM due WHERE s.ordinal = due.ordinal AND s.symbol = due.symbol RETURNING s.ordinal, s.symbol
            )
            SELECT t.ordinal, t.symbol, d.day, p.day FROM taken t
                JOIN market_days d ON d.ordinal = t.ordinal JOIN market_days p ON p.ordinal = t.ordinal - 1
            ORDER BY t.symbol
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { row in
            Question(
                ordinal: Int(try row.value(at: 0, as: Int32.self)),
                symbol: try row.value(at: 1),
                day: try row.value(at: 2),
                before: try row.value(at: 3)
            )
        }
    }

    /// Notes what a company does on a day, and whom it concerns: who has shares of it, or an order for some.
    func record(_ question: Question, _ events: [CorporateEvent], by deadline: MonotonicTime?) async throws {
        var queries: [PostgresQuery] = []
        for event in events {
            let (ratio, cash) = (event.ratio, event.perShare)
            queries.append(
                """
                INSERT INTO corporate_actions
                    (id, ordinal, symbol, kind, ex_date, new_shares, old_shares, per_share, currency)
                VALUES (\(event.id), \(Int32(event.ordinal)), \(event.symbol), \(event.name), \(event.exDay),
                    \(ratio.map { Int32($0.new) }), \(ratio.map { Int32($0.old) }), \(cash?.value),
                    \(cash?.currency.code))
                ON CONFLICT (id) DO NOTHING
                """
            )
            queries.append(
                """
                INSERT INTO action_clients (action_id, client)
                SELECT \(event.id), client FROM (
                    SELECT client FROM positions WHERE symbol = \(event.symbol) AND (available > 0 OR held > 0)
                    UNION
                    SELECT client FROM orders
                    WHERE symbol = \(event.symbol) AND state IN ('accepted', 'held', 'executing')
                ) c
                ON CONFLICT DO NOTHING
                """
            )
        }
        queries.append(
            """
            UPDATE day_symbols SET done = true, attend_at = now()
            WHERE ordinal = \(Int32(question.ordinal)) AND symbol = \(question.symbol)
            """
        )
        _ = try await database.batch(queries, PostgresCall(deadline: deadline))
    }

    /// Takes what has yet to be booked, the oldest first, and of a client's company the next only after the one before.
    func takeTasks(most: Int, by deadline: MonotonicTime?) async throws -> [Task] {
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT w.action_id, w.client FROM action_clients w JOIN corporate_actions a ON a.id = w.action_id
                WHERE NOT w.done AND w.attend_at <= now() AND NOT EXISTS (
                    SELECT FROM action_clients v JOIN corporate_actions b ON b.id = v.action_id
                    WHERE NOT v.done AND v.client = w.client AND b.symbol = a.symbol
                        AND (b.ordinal, b.ex_date, b.kind) < (a.ordinal, a.ex_date, a.kind))
                ORDER BY w.attend_at LIMIT \(most) FOR UPDATE OF w SKIP LOCKED
            ), taken AS (
                UPDATE action_clients w SET attend_at = now() + make_interval(secs => \(leaseSeconds))
                FROM due WHERE w.action_id = due.action_id AND w.client = due.client RETURNING w.action_id, w.client
            )
            SELECT t.client, \(unsafeSQL: CorporateEvent.columns)
            FROM taken t JOIN corporate_actions a ON a.id = t.action_id
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { Task(event: try CorporateEvent($0, from: 1), client: try $0.value(at: 0)) }
    }
}
