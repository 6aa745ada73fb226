internal import Reactor

/// A connection that one caller has for itself until `end`.
// Safe: the members that change are touched on the loop alone.
final class PostgresSession: @unchecked Sendable {
    let pool: PostgresPool
    let connection: PostgresConnection
    let deadline: MonotonicTime
    private var hasEnded = false

    private init(_ pool: PostgresPool, _ connection: PostgresConnection, _ deadline: MonotonicTime) {
        self.pool = pool
        self.connection = connection
        self.deadline = deadline
    }

    var loop: EventLoop { pool.loop }

    /// Waits for a connection. Any thread.
    static func begin(_ pool: PostgresPool, _ call: PostgresCall) async throws -> PostgresSession {
        try await pool.loop.hop {
            let deadline = try pool.deadline(call)
            return PostgresSession(pool, try await pool.lease(deadline), deadline)
        }
    }

    /// Gives the connection back, now or, from another thread, soon.
    func end(rollingBack: Bool) {
        if loop.isCurrent {
            guard !hasEnded else { return }
            hasEnded = true
            pool.giveBack(connection, rollingBack: rollingBack)
        } else {
            loop.execute { self.end(rollingBack: rollingBack) }
        }
    }

    /// Lends the rows of a statement as a stream, and cancels the statement if not all are read. Any thread.
    func stream<Result>(
        _ query: PostgresQuery,
        prelude: String?,
        _ body: (PostgresRowStream) async throws -> Result
    ) async throws -> Result {
        let rows = PostgresRowQueue(loop: loop)
        let request = try await loop.hop { [self] in
            pool.stream(query, on: connection, prelude: prelude, into: rows, deadline: deadline)
        }
        defer {
            loop.execute { [pool] in pool.end(request, .cancelled) }
        }
        return try await withTaskCancellationHandler {
            try await body(PostgresRowStream(queue: rows))
        } onCancel: {
            loop.execute { [pool] in pool.end(request, .cancelled) }
        }
    }
}
