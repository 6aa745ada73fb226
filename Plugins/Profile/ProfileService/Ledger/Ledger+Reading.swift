import Contracts
import Money
import Observe
import Postgres
import RPC
import Reactor
import SwiftProtobuf

extension Ledger {
    /// The balances of a client, sorted by currency; none for nobody.
    func balances(of client: PostgresUUID, by deadline: MonotonicTime?) async throws -> [CashBalance] {
        let rows = try await database.query(
            "SELECT available, held, currency FROM balances WHERE client = \(client) ORDER BY currency",
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Self.balance($0, $0.value(at: 2)) }
    }

    /// One page of a client's postings, the newest first, and where the next begins.
    /// - Parameters:
    ///   - kind: of this kind alone; all when nil.
    ///   - size: how many lines, at least 1.
    func postings(
        of client: PostgresUUID,
        kind: String? = nil,
        from cursor: PostingCursor?,
        size: Int,
        by deadline: MonotonicTime?
    ) async throws -> (items: [ProfilePosting], next: PostingCursor?) {
        let rows = try await database.query(
            """
            SELECT number, kind, entry_id, currency, amount, source, target, booked_at FROM transfers
            WHERE client = \(client) AND number <= \(cursor?.entry ?? .max)
                AND (\(kind)::text IS NULL OR kind = \(kind))
            ORDER BY number DESC LIMIT \(size + 2)
            """,
            PostgresCall(deadline: deadline)
        )
        var items: [ProfilePosting] = []
        var last: PostingCursor?
        for row in rows {
            let entry: Int64 = try row.value(at: 0)
            let lines = try Self.lines(row)
            let seen = cursor?.entry == entry ? cursor?.lines ?? 0 : 0
            for (index, line) in lines.enumerated().dropFirst(seen) {
                // One more than fits: there is a next page.
                if items.count == size { return (items, last) }
                items.append(line)
                last = PostingCursor(entry: entry, lines: index + 1)
            }
        }
        return (items, nil)
    }

    /// The one or two lines of a transfer that are in accounts of the client, what leaves first.
    private static func lines(_ row: PostgresRow) throws -> [ProfilePosting] {
        let currency: Currency = try row.value(at: 3)
        let amount: ExactDecimal = try row.value(at: 4)
        let sides = [(try row.value(at: 5, as: String.self), -amount), (try row.value(at: 6, as: String.self), amount)]
        return try sides.filter { ["available", "held"].contains($0.0) }.map { account, value in
            var line = ProfilePosting()
            line.kind = try row.value(at: 1)
            line.entryID = try row.value(at: 2)
            line.account = account
            line.amount = Cash.message(value, currency)
            line.bookedAt = Google_Protobuf_Timestamp(try row.value(at: 7, as: WallTime.self))
            return line
        }
    }
}
