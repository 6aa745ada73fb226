internal import Reactor

extension PostgresClient {
    /// Executes statements in one piece, in order: one round trip, and one transaction. All are done, or none.
    ///
    ///     let answers = try await client.batch([
    ///         "UPDATE accounts SET balance = balance - \(amount) WHERE id = \(from)",
    ///         "UPDATE accounts SET balance = balance + \(amount) WHERE id = \(to)",
    ///     ])
    ///
    /// When it fails because of others at the same time (40001, 40P01) it is executed again after a short random wait.
    ///
    /// - Parameters:
    ///   - queries: each must not need what another returns. BEGIN and its like have no place here.
    ///   - retries: how many times all may be executed again.
    ///   - call: the deadline is that of the whole, retries included.
    /// - Returns: the rows of each; each result may have up to the configuration's `maximumResultBytes`.
    /// - Throws: `PostgresError`, for the first that fails.
    public func batch(
        _ queries: [PostgresQuery],
        retries: Int = 10,
        _ call: PostgresCall = .standard
    ) async throws -> [PostgresRows] {
        guard !queries.isEmpty else { return [] }
        guard let pool = currentPool else {
            return try await anyPool.loop.run { try await self.batch(queries, retries: retries, call) }
        }
        let deadline = try pool.deadline(call)
        var attempt = 0
        while true {
            do throws(PostgresError) {
                let batch = PostgresRequest(queries, prelude: nil, mayBeRepeated: true)
                return try await pool.perform(all: batch, deadline: deadline)
            } catch {
                guard error.isTransactionConflict, attempt < retries else { throw error }
                try await Self.pause(after: error, attempt, on: pool.loop, until: deadline)
                attempt += 1
            }
        }
    }

    /// Waits before what lost against others is tried again: from 4 ms doubling to 256 ms, and half of it is chance, so
    /// that two that met do not meet again. On the loop.
    /// - Throws: the error itself when the deadline is too near.
    static func pause(
        after error: PostgresError,
        _ attempt: Int,
        on loop: EventLoop,
        until deadline: MonotonicTime
    ) async throws {
        let pause = Duration.milliseconds(4 << min(attempt, 6)) * Double.random(in: 0.5...1.5)
        let resume = MonotonicTime.now().advanced(by: pause)
        guard resume < deadline else { throw error }
        do {
            try await loop.sleep(until: resume)
        } catch {
            throw PostgresError.cancelled
        }
    }
}
