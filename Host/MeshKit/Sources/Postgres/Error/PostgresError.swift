/// Why a call to the database failed.
///
/// `description` is safe for logs and holds no row data: the server's detail is never kept, and messages that quote
/// values (classes 22, P0 and those of external routines) are left out of it.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// One sentence; for `server` the server's primary message, which may quote values of a statement.
    public var message: String
    /// The five characters of the server's error code (manual, appendix A), if the server said one.
    public var sqlState: String?
    /// The constraint that was violated, if one was.
    public var constraint: String?
    /// The table concerned, if the server names it.
    public var table: String?
    /// The column concerned, if the server names it.
    public var column: String?

    /// An error of `code`, told by `message`.
    public init(_ code: Code, _ message: String, sqlState: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    /// The message, with what the server named, without row data.
    public var description: String {
        guard code == .server else { return message }
        var parts: [String] = [Self.mayQuoteValues(sqlState) ? "the server refused the statement" : message]
        if let sqlState { parts.append("SQLSTATE \(sqlState)") }
        if let constraint { parts.append("constraint \(constraint)") }
        if let table { parts.append("table \(table)") }
        if let column { parts.append("column \(column)") }
        return parts.joined(separator: ", ")
    }

    /// Whether the transaction failed only because of others at the same time: 40001 and 40P01.
    public var isTransactionConflict: Bool {
        code == .server && (sqlState == "40001" || sqlState == "40P01")
    }

    /// Whether a unique constraint was violated (23505).
    public var isUniqueViolation: Bool { code == .server && sqlState == "23505" }

    private static func mayQuoteValues(_ sqlState: String?) -> Bool {
        guard let sqlState else { return true }
        return ["22", "P0", "2F", "38", "39", "XX"].contains(String(sqlState.prefix(2)))
    }
}
