import Contracts
import Money
import Postgres
import RPC

/// Compares every ended order with what profile booked for it: every captured hold has a fill and every fill a captured
/// hold, every sale is credited once, what came to nothing keeps nothing, and nothing is booked for orders that there
/// are not.
///
/// Trades may go on meanwhile: an order is read before its entries, and one on its way is left out. Memory does not
/// grow with the books.
struct CashAudit: Sendable {
    /// Orders, or entries, that are looked at together.
    private static let page = 500

    let database: PostgresClient
    let profile: ProfileClient

    func run(_ context: CallContext) async throws -> [AuditFinding] {
        try await ended(context) + strays(context) + CreditAudit(database: database, profile: profile).run(context)
    }

    private func ended(_ context: CallContext) async throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        var last: Int64 = 0
        while true {
            let rows = try await database.query(
                """
                SELECT o.number, o.id, o.side, o.state, o.reserve, f.total
                FROM orders o LEFT JOIN fills f ON f.order_id = o.id
                WHERE o.number > \(last) AND o.settlement <> 'owed'
                    AND o.state IN ('filled', 'cancelled', 'rejected', 'expired')
                ORDER BY o.number LIMIT \(Self.page)
                """,
                PostgresCall(deadline: context.deadline)
            )
            guard let end = rows.last else { return findings }
            last = try end.value(at: 0)
            var request = ProfileListEntriesRequest()
            request.entryIds = try rows.map { try $0.value(at: 1, as: PostgresUUID.self).description }
            findings += try Self.findings(rows, try await profile.listEntries(request, context).items)
        }
    }

    private static func findings(_ rows: PostgresRows, _ entries: [ProfileEntry]) throws -> [AuditFinding] {
        let booked = Dictionary(grouping: entries, by: \.entryID)
        return try rows.compactMap { row in
            let id = try row.value(at: 1, as: PostgresUUID.self).description
            let found = try OrderCash(booked[id] ?? [])
            let wanted = try OrderCash(
                row.value(at: 2),
                row.value(at: 3),
                reserve: row.value(at: 4),
                total: row.value(at: 5)
            )
            // What was refused may have kept nothing, or have given it back.
            if found == wanted || (wanted.isUndone && found == OrderCash()) { return nil }
            return AuditFinding(subject: "order \(id)", problem: "should be \(wanted), and profile has \(found)")
        }
    }

    /// Entries of no order. An order is stored before anything is booked for it, so whoever reads it later finds it.
    private func strays(_ context: CallContext) async throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        var request = ProfileListEntriesRequest()
        request.pageSize = Int32(Self.page)
        repeat {
            let page = try await profile.listEntries(request, context)
            let ids = Set(page.items.map(\.entryID)).sorted()
            let rows = try await database.query(
                """
                SELECT e.text FROM (
                    SELECT text, CASE WHEN text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN text::uuid END
                    FROM unnest(\(ids)) AS t (text)
                ) AS e (text, id) LEFT JOIN orders o ON o.id = e.id LEFT JOIN credits c ON c.activity_id = e.id
                WHERE o.id IS NULL AND c.activity_id IS NULL ORDER BY e.text
                """,
                PostgresCall(deadline: context.deadline)
            )
            findings += try rows.decode(String.self).map {
                AuditFinding(
                    subject: "entry \($0)",
                    problem: "cash was booked for it, and there is no such order or dividend"
                )
            }
            request.cursor = page.nextCursor
        } while !request.cursor.isEmpty
        return findings
    }
}
