internal import Reactor

extension PostgresSession {
    /// Runs `body` outside of pipeline mode. At the deadline, and when the task is cancelled, the connection is closed,
    /// which is how COPY and scripts are stopped; the pool makes another. On the loop.
    func withPlainExchange<Result>(_ body: (PlainExchange) async throws -> Result) async throws -> Result {
        let exchange = try PlainExchange(connection)
        let (connection, loop) = (connection, loop)
        let timer = loop.schedule(at: deadline) { connection.close(.timeout) }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            let result = try await body(exchange)
            exchange.end()
            return result
        } onCancel: {
            loop.execute {
                if connection.plain != nil { connection.close(.cancelled) }
            }
        }
    }
}
