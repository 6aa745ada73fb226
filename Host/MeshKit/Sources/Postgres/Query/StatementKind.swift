/// One statement's text with its parameters' types, and what is known of it. One object for all connections of a pool, so
/// that a text is looked up once for each call. Loop only.
final class StatementKind {
    /// Never given twice in a pool.
    let number: UInt64
    /// One of the statements, without its values, which are somebody's.
    private let example: PostgresQuery
    /// Whether it is a plain SELECT that may be undone and done again.
    let isRead: Bool
    /// What one took lately, in nanoseconds; nil until one has been measured.
    private var measured: Int64?
    /// The columns of the last result.
    var columns: ResultColumns?

    init(number: UInt64, _ query: PostgresQuery) {
        self.number = number
        example = query.withoutValues
        isRead = Self.isRead(query.sql)
    }

    /// Whether a statement is of this kind.
    func fits(_ query: PostgresQuery) -> Bool { example.isAlike(query) }

    /// One took so long. The last ones count most.
    func took(_ nanoseconds: Int64) {
        measured = measured.map { $0 + (nanoseconds - $0) / 4 } ?? nanoseconds
    }

    /// What one takes, waiting included, in nanoseconds. Of one that has not been measured, four fill a group.
    var cost: Int64 { measured ?? PostgresPoolState.gathered / 4 }

    /// The same if it is a read, which may share a Sync; nil if not.
    var costAsRead: Int64? { isRead ? cost : nil }

    /// Whether a text is a plain SELECT: one that neither locks rows (FOR UPDATE) nor calls a function of the server's own
    /// that might lock or wait (pg_advisory_lock, pg_sleep). What only looks like one of these is not taken for a read.
    static func isRead(_ sql: String) -> Bool {
        let text = sql.lowercased()
        return text.drop(while: \.isWhitespace).hasPrefix("select") && !text.contains("pg_") && !text.contains("for")
    }
}
