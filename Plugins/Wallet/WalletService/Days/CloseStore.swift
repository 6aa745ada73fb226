import Money
import Postgres
import Reactor

/// Closing prices of what was owned, as they were traded.
struct CloseStore: Sendable {
    /// A price that is wanted: of a company at the end of a day.
    struct Question: Sendable {
        /// The day after, at whose beginning it was owned.
        let next: Int
        let symbol: String
        let day: CalendarDate
    }

    let database: PostgresClient
    /// How long nobody else goes on with what somebody has taken.
    let lease: Duration

    /// Takes some that are wanted; of several replicas exactly one gets each.
    func take(most: Int, by deadline: MonotonicTime?) async throws -> [Question] {
        let seconds = Double(lease.wholeNanoseconds) / 1_000_000_000
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT ordinal, symbol FROM day_symbols WHERE done AND NOT priced AND attend_at <= now()
                ORDER BY ordinal LIMIT \(most) FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE day_symbols s SET attend_at = now() + make_interval(secs => \(seconds))
                FROM due WHERE s.ordinal = due.ordinal AND s.symbol = due.symbol RETURNING s.ordinal, s.symbol
            )
            SELECT t.ordinal, t.symbol, d.day FROM taken t JOIN market_days d ON d.ordinal = t.ordinal - 1
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { row in
            Question(
                next: Int(try row.value(at: 0, as: Int32.self)),
                symbol: try row.value(at: 1),
                day: try row.value(at: 2)
            )
        }
    }

    /// What a share was worth; nil where there never was a price. A class: see `OrderTerms`.
    final class Answer: Sendable {
        let close: ExactDecimal?

        init(_ close: ExactDecimal?) { self.close = close }
    }

    /// Stores an answer.
    func record(_ question: Question, _ answer: Answer, by deadline: MonotonicTime?) async throws {
        var queries: [PostgresQuery] = [
            """
            UPDATE day_symbols SET priced = true
            WHERE ordinal = \(Int32(question.next)) AND symbol = \(question.symbol)
            """
        ]
        if let close = answer.close {
            queries.append(
                """
                INSERT INTO day_closes (ordinal, symbol, close)
                VALUES (\(Int32(question.next - 1)), \(question.symbol), \(close)) ON CONFLICT DO NOTHING
                """
            )
        }
        _ = try await database.batch(queries, PostgresCall(deadline: deadline))
    }
}
