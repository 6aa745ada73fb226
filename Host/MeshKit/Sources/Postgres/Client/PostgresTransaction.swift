internal import Reactor

/// One open transaction. It ends with the closure that it was given to; one statement at a time, any task.
///
/// Safe: what changes is touched on the session's loop alone, where every method goes first.
public final class PostgresTransaction: @unchecked Sendable {
    private enum State { case fresh, open, ended }

    let session: PostgresSession
    private let begin: String
    private var state = State.fresh
    /// A statement failed because of other transactions, whatever the closure made of that.
    private(set) var conflict: PostgresError?
    private var broken: PostgresError?

    init(_ session: PostgresSession, isolation: PostgresIsolation, isReadOnly: Bool) {
        self.session = session
        begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue)" + (isReadOnly ? " READ ONLY" : "")
    }

    /// Executes a statement and collects its rows.
    /// - Throws: `PostgresError`. After an error of the server every further statement fails too (25P02), unless the
    ///   transaction goes back to a savepoint.
    public func query(_ query: PostgresQuery) async throws -> PostgresRows {
        // The usual case, without a closure for it.
        if session.loop.isCurrent { return PostgresRows(result: try await perform(query)) }
        return try await session.loop.hop { [self] in PostgresRows(result: try await perform(query)) }
    }

    /// Executes a statement.
    /// - Returns: how many rows it changed, or returned.
    /// - Throws: as `query`.
    @discardableResult
    public func execute(_ query: PostgresQuery) async throws -> Int {
        try await self.query(query).affectedRows
    }

    /// Executes statements in one piece, in order: what would take a round trip each takes one together. Each must not
    /// need what another returns.
    /// - Returns: the rows of each.
    /// - Throws: as `query`, for the first that fails; those after it are not executed.
    public func batch(_ queries: [PostgresQuery]) async throws -> [PostgresRows] {
        guard !queries.isEmpty else { return [] }
        if session.loop.isCurrent { return try await perform(queries) }
        return try await session.loop.hop { [self] in try await perform(queries) }
    }

    /// Executes a statement whose rows are read one by one in `body`; see `PostgresClient.stream`. No other statement
    /// of the transaction is answered meanwhile.
    /// - Throws: as `query`, or what `body` throws.
    public func stream<Result>(
        _ query: PostgresQuery,
        _ body: (PostgresRowStream) async throws -> Result
    ) async throws -> Result {
        let prelude = try await session.loop.hop { [self] in try nextPrelude() }
        return try await session.stream(query, prelude: prelude, body)
    }

    /// Loads rows; see `PostgresClient.copy`.
    /// - Throws: as `query`, or what `body` throws.
    @discardableResult
    public func copy(
        into table: String,
        schema: String? = nil,
        columns: [String],
        _ body: (PostgresCopyWriter) async throws -> Void
    ) async throws -> Int {
        try await beginNow()
        return try await PostgresCopy.run(session, table: table, schema: schema, columns: columns, body)
    }

    /// Executes a text of several statements without parameters.
    func script(_ sql: String) async throws {
        try await beginNow()
        try await session.loop.hop { [self] in
            try await session.withPlainExchange { exchange in
                try exchange.send(sql)
                var failure: PostgresError?
                while let result = try await exchange.next() {
                    if result.kind == .failed { failure = failure ?? result.error }
                    if result.kind == .copyIn { throw PostgresError(.misuse, "a script cannot COPY from the client") }
                }
                if let failure { throw failure }
            }
            guard session.connection.handle.isInTransaction else {
                throw PostgresError(.misuse, "the script ended the transaction that it runs in")
            }
        }
    }

    /// BEGIN as a statement of its own, where it cannot travel with the first.
    private func beginNow() async throws {
        try await session.loop.hop { [self] in
            if state != .open { _ = try await perform("SELECT") }
        }
    }

    // MARK: On the loop

    private func perform(_ query: PostgresQuery) async throws(PostgresError) -> PostgresResult {
        let request = PostgresRequest(query, prelude: try nextPrelude(), mayBeRepeated: false)
        do {
            return try await session.pool.perform(request, on: session.connection, deadline: session.deadline)
        } catch {
            note(error)
            // Without its BEGIN, a further statement would be on its own.
            if request.hasPreludeFailed { broken = error }
            throw error
        }
    }

    private func perform(_ queries: [PostgresQuery]) async throws(PostgresError) -> [PostgresRows] {
        let batch = PostgresRequest(queries, prelude: try nextPrelude(), mayBeRepeated: false)
        do {
            return try await session.pool.perform(all: batch, on: session.connection, deadline: session.deadline)
        } catch {
            note(error)
            if batch.hasPreludeFailed { broken = error }
            throw error
        }
    }

    /// Remembers what is not the transaction's own doing. A cancel request may be late, and stop another statement than
    /// the one that it was for.
    private func note(_ error: PostgresError) {
        if error.isTransactionConflict || session.connection.isOfLateCancel(error) { conflict = error }
    }

    private func nextPrelude() throws(PostgresError) -> String? {
        if let broken { throw broken }
        switch state {
        case .fresh:
            state = .open
            return begin
        case .open: return nil
        case .ended: throw PostgresError(.misuse, "the transaction is over")
        }
    }

    /// COMMIT.
    func commit() async throws(PostgresError) {
        defer { state = .ended }
        guard state == .open else { return }
        guard session.deadline > MonotonicTime.now() else { throw .timeout }
        if Task.isCancelled { throw .cancelled }
        let result: PostgresResult
        let request = PostgresRequest("COMMIT", prelude: nil, mayBeRepeated: false)
        request.isCommit = true
        do {
            result = try await session.pool.perform(request, on: session.connection, deadline: session.deadline)
        } catch {
            note(error)
            throw Self.outcome(error)
        }
        guard result.commandTag == "COMMIT" else {
            throw conflict ?? PostgresError(.server, "the transaction had failed and was undone", sqlState: "25P02")
        }
    }

    /// It can no longer be used. Gives whether there is something to undo.
    func end() -> Bool {
        defer { state = .ended }
        return state == .open
    }

    /// The error of a COMMIT: only an answer of a server that goes on says that nothing was done.
    private static func outcome(_ error: PostgresError) -> PostgresError {
        let classes = ["08", "57", "58", "XX", "F0"]
        let isKnown = error.code == .server && !classes.contains(String((error.sqlState ?? "XX").prefix(2)))
        if isKnown || error.sqlState == "57014" { return error }
        return PostgresError(.commitUnknown, "COMMIT was sent and its outcome is not known: \(error)")
    }
}
