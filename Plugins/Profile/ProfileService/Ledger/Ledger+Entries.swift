import Contracts
import Money
import Postgres
import Reactor

/// What was booked for orders, as wallet's audit reads it.
extension Ledger {
    /// What was booked under these ids, the oldest first.
    func entries(_ ids: [String], by deadline: MonotonicTime?) async throws -> [ProfileEntry] {
        let rows = try await database.query(
            """
            SELECT number, kind, entry_id, client, currency, amount FROM transfers
            WHERE kind IN ('hold', 'capture', 'release', 'credit') AND entry_id = ANY (\(ids)) ORDER BY number
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map(Self.entry)
    }

    /// One page of all that was booked for orders, the oldest first, and the number that the next begins behind.
    func entries(
        after number: Int64,
        size: Int,
        by deadline: MonotonicTime?
    ) async throws -> (items: [ProfileEntry], next: Int64?) {
        let rows = try await database.query(
            """
            SELECT number, kind, entry_id, client, currency, amount FROM transfers
            WHERE number > \(number) AND kind IN ('hold', 'capture', 'release', 'credit')
            ORDER BY number LIMIT \(size)
            """,
            PostgresCall(deadline: deadline)
        )
        let last = try rows.last.map { try $0.value(at: 0, as: Int64.self) }
        return (try rows.map(Self.entry), rows.count < size ? nil : last)
    }

    private static func entry(_ row: PostgresRow) throws -> ProfileEntry {
        var entry = ProfileEntry()
        entry.kind = try row.value(at: 1)
        entry.entryID = try row.value(at: 2)
        entry.userID = try row.value(at: 3, as: PostgresUUID.self).description
        entry.amount = Cash.message(try row.value(at: 5), try row.value(at: 4))
        return entry
    }
}
