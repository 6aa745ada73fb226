extension PostgresClient {
    /// Executes a statement whose rows are read one by one in `body`, however many there are: while it does not ask for
    /// more, nothing is read from the server. The deadline is that of the whole. Rows that `body` does not read are
    /// not sent: the statement is cancelled.
    /// - Throws: `PostgresError`, or what `body` throws.
    public func stream<Result>(
        _ query: PostgresQuery,
        _ call: PostgresCall = .standard,
        _ body: (PostgresRowStream) async throws -> Result
    ) async throws -> Result {
        let session = try await PostgresSession.begin(anyPool, call)
        do {
            let result = try await session.stream(query, prelude: nil, body)
            session.end(rollingBack: false)
            return result
        } catch {
            session.end(rollingBack: false)
            throw error
        }
    }
}
