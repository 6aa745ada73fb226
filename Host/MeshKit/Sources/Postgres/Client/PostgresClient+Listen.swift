internal import Reactor

extension PostgresClient {
    /// Listens to a channel of NOTIFY while `body` runs, on a connection of its own beside the pool. When the connection
    /// breaks it is made again, and the reader hears `interrupted`.
    ///
    ///     try await client.listen("orders") { notifications in
    ///         for try await event in notifications { … }
    ///     }
    ///
    /// - Parameter call: its deadline is that of the beginning; `body` starts when the server listens.
    /// - Throws: `PostgresError`, or what `body` throws.
    public func listen<Result>(
        _ channel: String,
        _ call: PostgresCall = .standard,
        _ body: (PostgresNotifications) async throws -> Result
    ) async throws -> Result {
        let pool = anyPool
        let listener = PostgresListener(channel, pool: pool)
        defer { pool.loop.execute { listener.stop(.cancelled) } }
        return try await withTaskCancellationHandler {
            try await pool.loop.hop { try await listener.start(try pool.deadline(call)) }
            return try await body(PostgresNotifications(listener: listener))
        } onCancel: {
            pool.loop.execute { listener.stop(.cancelled) }
        }
    }
}
