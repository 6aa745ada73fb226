internal import Reactor

/// One COPY from the client, on a session's connection.
// Safe: the exchange and what is here are touched on the loop alone.
final class PostgresCopy: @unchecked Sendable {
    private let session: PostgresSession
    private let exchange: PlainExchange
    private var timer: LoopTimer?

    /// Runs a whole COPY. Any thread; `body` runs where the caller is.
    static func run(
        _ session: PostgresSession,
        table: String,
        schema: String?,
        columns: [String],
        _ body: (PostgresCopyWriter) async throws -> Void
    ) async throws -> Int {
        let path = [schema, table].compactMap { $0.map(PostgresQuery.quoted) }.joined(separator: ".")
        let list = columns.map(PostgresQuery.quoted).joined(separator: ", ")
        let sql = "COPY \(path) (\(list)) FROM STDIN WITH (FORMAT binary)"
        let loop = session.loop
        let copy = try await loop.hop { try await PostgresCopy(session, sql) }
        return try await withTaskCancellationHandler {
            do {
                let writer = PostgresCopyWriter(copy)
                try await body(writer)
                try await writer.finish()
            } catch {
                try? await loop.hop { try await copy.fail() }
                throw error
            }
            return try await loop.hop { try await copy.finish() }
        } onCancel: {
            loop.execute { copy.stop(.cancelled) }
        }
    }

    private init(_ session: PostgresSession, _ sql: String) async throws {
        self.session = session
        exchange = try PlainExchange(session.connection)
        let connection = session.connection
        // Weak: a connection that is gone must not stay open on the server until the deadline.
        timer = session.loop.schedule(at: session.deadline) { [weak connection] in connection?.close(.timeout) }
        try exchange.send(sql)
        guard let first = try await exchange.next() else {
            throw end(PostgresError(.connectionLost, "the server did not answer COPY"))
        }
        guard first.kind != .copyIn else { return }
        while try await exchange.next() != nil {}
        throw end(first.kind == .failed ? first.error : PostgresError(.misuse, "the server did not accept COPY"))
    }

    func put(_ bytes: [UInt8]) async throws {
        try await session.loop.hop { [self] in try await exchange.put(bytes) }
    }

    /// All rows have been written. Gives how many the server took.
    func finish() async throws -> Int {
        try exchange.putEnd()
        var rows = 0
        var failure: PostgresError?
        while let result = try await exchange.next() {
            if result.kind == .failed { failure = failure ?? result.error }
            rows += result.affectedRows
        }
        if let failure { throw end(failure) }
        end()
        return rows
    }

    /// The writer gave up: the server undoes what it took.
    func fail() async throws {
        try exchange.putEnd(failing: "the client gave up")
        while try await exchange.next() != nil {}
        end()
    }

    func stop(_ error: PostgresError) {
        guard timer != nil else { return }
        timer?.cancel()
        timer = nil
        session.connection.close(error)
    }

    private func end() {
        timer?.cancel()
        timer = nil
        exchange.end()
    }

    private func end(_ error: PostgresError) -> PostgresError {
        end()
        return error
    }
}
