import Postgres
import RPC

/// Reads the books of cash and says what is wrong with them: nothing, always. Changes nothing, and may run while trades
/// go on: everything is read in one snapshot.
struct LedgerAudit: Sendable {
    /// What is wrong with what. Names rows, never a person.
    struct Finding: Sendable, Equatable {
        /// "balance …", "hold …".
        let subject: String
        let problem: String
    }

    let database: PostgresClient

    /// - Returns: what is wrong; empty if nothing is.
    func run(_ context: CallContext) async throws -> [Finding] {
        let call = PostgresCall(deadline: context.deadline)
        return try await database.withTransaction(isolation: .repeatableRead, readOnly: true, call) { transaction in
            var findings: [Finding] = []
            for (problem, query) in Self.checks {
                let rows = try await transaction.query(query)
                findings += try rows.decode(String.self).map { Finding(subject: $0, problem: problem) }
            }
            return findings
        }
    }

    /// Statements that give the subjects of what is wrong.
    private static let checks: [(problem: String, query: PostgresQuery)] = [
        (
            "its postings do not add up to zero",
            "SELECT 'currency ' || currency FROM postings GROUP BY currency HAVING sum(amount) <> 0"
        ),
        (
            "is not what its postings come to",
            """
            SELECT 'balance ' || client || ' ' || currency FROM balances b FULL JOIN (
                SELECT client, currency, sum(amount) FILTER (WHERE account = 'available') AS available,
                    sum(amount) FILTER (WHERE account = 'held') AS held
                FROM postings WHERE account IN ('available', 'held') GROUP BY client, currency
            ) p USING (client, currency)
            WHERE COALESCE(b.available, 0) <> COALESCE(p.available, 0) OR COALESCE(b.held, 0) <> COALESCE(p.held, 0)
            """
        ),
        (
            "was below zero once",
            """
            SELECT DISTINCT 'balance ' || client || ' ' || currency || ' ' || account FROM (
                SELECT client, currency, account,
                    sum(amount) OVER (PARTITION BY client, currency, account ORDER BY number) AS sum
                FROM postings WHERE account IN ('available', 'held')
            ) p WHERE sum < 0
            """
        ),
        (
            "keeps other cash than its open holds do",
            """
            SELECT 'balance ' || client || ' ' || currency FROM balances b WHERE held <> (
                SELECT COALESCE(sum(h.amount), 0) FROM holds h
                WHERE h.client = b.client AND h.currency = b.currency AND h.state = 'held')
            """
        ),
        (
            "is not what was booked for it",
            """
            SELECT 'hold ' || hold_id FROM holds h FULL JOIN (
                SELECT entry_id AS hold_id, COALESCE(sum(amount) FILTER (WHERE kind = 'hold'), 0) AS held,
                    COALESCE(sum(amount) FILTER (WHERE kind = 'capture'), 0) AS captured,
                    COALESCE(sum(amount) FILTER (WHERE kind = 'release'), 0) AS released
                FROM transfers WHERE kind IN ('hold', 'capture', 'release') GROUP BY entry_id
            ) t USING (hold_id)
            WHERE h.amount IS DISTINCT FROM t.held OR h.captured IS DISTINCT FROM t.captured
                OR t.released IS DISTINCT FROM CASE WHEN h.state = 'held' THEN 0 ELSE h.amount - h.captured END
            """
        ),
    ]
}
