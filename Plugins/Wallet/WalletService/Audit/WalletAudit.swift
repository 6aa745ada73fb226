import Contracts
import Money
import Postgres
import RPC

/// Reads the books and says what is wrong with them: nothing, always. Changes nothing.
///
/// Trades may go on meanwhile: the wallet's own books are read in one snapshot; for cash see `CashAudit`.
struct WalletAudit: Sendable {
    let database: PostgresClient
    let profile: ProfileClient

    /// - Returns: what is wrong; empty if nothing is.
    func run(_ context: CallContext) async throws -> [AuditFinding] {
        let call = PostgresCall(deadline: context.deadline)
        let own = try await database.withTransaction(isolation: .repeatableRead, readOnly: true, call) { transaction in
            var findings: [AuditFinding] = []
            for (problem, query) in Self.checks {
                let rows = try await transaction.query(query)
                findings += try rows.decode(String.self).map { AuditFinding(subject: $0, problem: problem) }
            }
            return try await findings + Self.replay(transaction)
        }
        return try await own + CashAudit(database: database, profile: profile).run(context)
    }

    private static func replay(_ transaction: PostgresTransaction) async throws -> [AuditFinding] {
        let lines = try await transaction.query(
            """
            SELECT t.client, t.symbol, t.kind, t.quantity, f.total, p.currency, t.source, t.target
            FROM share_transfers t JOIN positions p ON p.client = t.client AND p.symbol = t.symbol
                LEFT JOIN fills f ON f.order_id = t.order_id
            ORDER BY t.number
            """
        )
        let stored = try await transaction.query(
            "SELECT client, symbol, available, held, cost, realised FROM positions"
        )
        return try findings(lines, stored)
    }

    private static func findings(_ lines: PostgresRows, _ stored: PostgresRows) throws -> [AuditFinding] {
        var replay = ShareReplay()
        for row in lines {
            let currency: Currency = try row.value(at: 5)
            replay.take(
                ShareReplay.Key(client: try row.value(at: 0), symbol: try row.value(at: 1)),
                try Position.Move(row, from: 2),
                total: try row.value(at: 4),
                places: currency.minorUnits
            )
        }
        for row in stored {
            let key = ShareReplay.Key(client: try row.value(at: 0), symbol: try row.value(at: 1))
            replay.compare(key, try Position(row, from: 2))
        }
        replay.finish()
        return replay.findings
    }

    /// Statements that give the subjects of what is wrong.
    private static let checks: [(problem: String, query: PostgresQuery)] = [
        (
            "its postings do not add up to zero",
            """
            SELECT COALESCE('order ' || order_id, 'activity ' || activity_id) FROM share_postings
            GROUP BY order_id, activity_id, kind HAVING sum(quantity) <> 0
            """
        ),
        (
            "is filled without a fill, or has a fill and is not filled",
            """
            SELECT 'order ' || o.id FROM orders o LEFT JOIN fills f ON f.order_id = o.id
            WHERE (o.state = 'filled') <> (f.order_id IS NOT NULL)
            """
        ),
        (
            "its fill has no line in the ledger, or another one",
            """
            SELECT 'order ' || f.order_id FROM fills f LEFT JOIN share_transfers t
                ON t.order_id = f.order_id AND t.kind = f.side AND t.quantity = f.quantity
            WHERE t.number IS NULL
            """
        ),
        (
            "keeps other shares than its open sales do",
            """
            SELECT 'position ' || p.client || ' ' || p.symbol FROM positions p WHERE p.held <> (
                SELECT COALESCE(sum(o.quantity), 0) FROM orders o WHERE o.client = p.client AND o.symbol = p.symbol
                    AND o.side = 'sell' AND o.state IN ('held', 'executing'))
            """
        ),
        (
            "its history is not the one of its state",
            """
            SELECT 'order ' || o.id FROM orders o WHERE
                o.version <> (SELECT count(*) FROM order_events e WHERE e.order_id = o.id)
                OR o.version <> (SELECT max(e.number) FROM order_events e WHERE e.order_id = o.id)
                OR o.state <> (SELECT e.what FROM order_events e WHERE e.order_id = o.id
                    AND e.what NOT IN ('settled', 'adjusted') ORDER BY e.number DESC LIMIT 1)
                OR 1 < (SELECT count(*) FROM order_events e WHERE e.order_id = o.id
                    AND e.what IN ('filled', 'cancelled', 'rejected', 'expired'))
            """
        ),
        (
            "has other dividends than its activities",
            """
            SELECT 'position ' || p.client || ' ' || p.symbol FROM positions p WHERE p.dividends <> (
                SELECT COALESCE(sum(a.amount), 0) FROM activities a
                WHERE a.client = p.client AND a.symbol = p.symbol AND a.kind = 'dividend' AND a.account = 1 + (
                    SELECT count(*) FROM resets r WHERE r.client = p.client AND r.state = 'done'))
            """
        ),
        (
            "its lines are not of its kind, its client or its company",
            """
            SELECT 'activity ' || t.activity_id FROM share_transfers t JOIN activities a ON a.id = t.activity_id
            WHERE a.kind <> t.kind OR a.client <> t.client OR (a.symbol IS NOT NULL AND a.symbol <> t.symbol)
            """
        ),
    ]
}

extension Position.Move {
    /// Reads kind, quantity, two other columns, source and target.
    fileprivate init(_ row: PostgresRow, from column: Int) throws {
        guard let source = Account(rawValue: try row.value(at: column + 4)),
            let target = Account(rawValue: try row.value(at: column + 5))
        else { throw PostgresError(.decoding, "a line of the ledger has no account") }
        self.init(
            kind: try row.value(at: column),
            quantity: try row.value(at: column + 1),
            source: source,
            target: target
        )
    }
}
