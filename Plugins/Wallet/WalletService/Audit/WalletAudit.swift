import Contracts
import Money
import Postgres
import RPC

/// Reads the books and says what is wrong with them: nothing, always. Changes nothing.
///
/// Trades may go on meanwhile: the wallet's own books are read in one snapshot. Cash is compared order by order with
/// profile, which an order that is on its way may be ahead of; such orders are left out.
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
        return try await own + cash(context)
    }

    private static func replay(_ transaction: PostgresTransaction) async throws -> [AuditFinding] {
        let lines = try await transaction.query(
            """
            SELECT t.client, t.symbol, t.kind, t.quantity, f.total, o.currency
            FROM share_transfers t JOIN orders o ON o.id = t.order_id LEFT JOIN fills f ON f.order_id = t.order_id
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
                try row.value(at: 2),
                try row.value(at: 3),
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

    /// Every captured hold has a fill and every fill a captured hold; what came to nothing holds nothing.
    private func cash(_ context: CallContext) async throws -> [AuditFinding] {
        let rows = try await database.query(
            """
            SELECT o.id, o.state, o.reserve, f.total FROM orders o LEFT JOIN fills f ON f.order_id = o.id
            WHERE o.side = 'buy' AND (o.settlement = 'done' OR (o.state = 'rejected' AND o.settlement = 'none'))
            ORDER BY o.number
            """,
            PostgresCall(deadline: context.deadline)
        )
        var findings: [AuditFinding] = []
        for row in rows {
            let id = try row.value(at: 0, as: PostgresUUID.self).description
            let hold = try await hold(id, context)
            if let problem = try Self.problem(row, hold) {
                findings.append(AuditFinding(subject: "order \(id)", problem: problem))
            }
        }
        return findings
    }

    private func hold(_ id: String, _ context: CallContext) async throws -> ProfileHold? {
        var request = ProfileGetHoldRequest()
        request.holdID = id
        do {
            return try await profile.getHold(request, context)
        } catch let error as RPCError where error.code == .notFound {
            return nil
        }
    }

    private static func problem(_ row: PostgresRow, _ hold: ProfileHold?) throws -> String? {
        let state: OrderProgress.State = try row.value(at: 1)
        guard state == .filled else {
            return hold == nil || hold?.state == .released ? nil : "came to nothing, and its cash is not given back"
        }
        let total: ExactDecimal? = try row.value(at: 3)
        guard let hold, hold.state == .captured else { return "is filled, and its cash is not captured" }
        guard let captured = try? hold.captured.exact(), captured.value == total else {
            return "cost \(total?.description ?? "nothing"), and \(hold.captured.amount) was captured"
        }
        return nil
    }

    /// Statements that give the subjects of what is wrong.
    private static let checks: [(problem: String, query: PostgresQuery)] = [
        (
            "its postings do not add up to zero",
            """
            SELECT 'order ' || order_id FROM share_postings GROUP BY order_id, kind HAVING sum(quantity) <> 0
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
                OR o.state <> (SELECT e.what FROM order_events e WHERE e.order_id = o.id AND e.what <> 'settled'
                    ORDER BY e.number DESC LIMIT 1)
                OR 1 < (SELECT count(*) FROM order_events e WHERE e.order_id = o.id
                    AND e.what IN ('filled', 'cancelled', 'rejected', 'expired'))
            """
        ),
    ]
}
