import Contracts
import Money
import Postgres
import RPC

/// Compares every dividend that was paid with what profile booked for it: the same sum, once. Memory does not grow with
/// the books.
struct CreditAudit: Sendable {
    /// Dividends that are looked at together.
    private static let page = 500

    let database: PostgresClient
    let profile: ProfileClient

    func run(_ context: CallContext) async throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        var last: Int64 = 0
        while true {
            let rows = try await database.query(
                """
                SELECT a.number, c.activity_id, c.amount
                FROM credits c JOIN activities a ON a.id = c.activity_id
                WHERE a.number > \(last) AND c.done ORDER BY a.number LIMIT \(Self.page)
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
            let wanted: ExactDecimal = try row.value(at: 2)
            let found = booked[id] ?? []
            if found.count == 1, found[0].kind == "credit", try found[0].amount.exact().value == wanted { return nil }
            return AuditFinding(
                subject: "activity \(id)",
                problem: "its dividend of \(wanted) is in profile's books \(found.count) times, or as another sum"
            )
        }
    }
}
