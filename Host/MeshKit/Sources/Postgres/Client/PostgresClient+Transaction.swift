internal import Reactor

extension PostgresClient {
    /// Runs `body` in a transaction on a connection of its own. COMMIT when `body` returns, ROLLBACK when it throws.
    ///
    /// When the transaction fails because of others at the same time (40001, 40P01, or 57014 by a cancel request that
    /// was for another statement and came late) it is rolled back and `body` runs again, after a short random wait:
    /// **`body` must be fit to be run more than once**, so it must do nothing but speak to `transaction`. Nothing is
    /// run again after COMMIT was sent and not answered: then the code is `commitUnknown`. Do not call this client's
    /// own methods in `body`: they use other connections.
    ///
    /// - Parameters:
    ///   - retries: how many times `body` may run again.
    ///   - call: the deadline is that of the whole, retries included.
    /// - Throws: `PostgresError`, or what `body` throws.
    public func withTransaction<Result>(
        isolation: PostgresIsolation = .readCommitted,
        readOnly: Bool = false,
        retries: Int = 10,
        _ call: PostgresCall = .standard,
        _ body: (_ transaction: PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        let pool = anyPool
        let deadline = call.deadline ?? MonotonicTime.now().advanced(by: configuration.callTimeout)
        var attempt = 0
        while true {
            let session = try await PostgresSession.begin(pool, PostgresCall(deadline: deadline))
            let transaction = PostgresTransaction(session, isolation: isolation, isReadOnly: readOnly)
            do {
                let result = try await body(transaction)
                try await pool.loop.hop { try await transaction.commit() }
                session.end(rollingBack: false)
                return result
            } catch {
                let conflict = await Self.undo(transaction, after: error)
                guard let conflict, attempt < retries, !Task.isCancelled else { throw error }
                try await pool.loop.hop { [attempt] in
                    try await Self.pause(after: conflict, attempt, on: pool.loop, until: deadline)
                }
                attempt += 1
            }
        }
    }

    /// Rolls back, and says whether the reason was a conflict.
    private static func undo(_ transaction: PostgresTransaction, after error: any Error) async -> PostgresError? {
        let session = transaction.session
        let found = try? await session.loop.hop { () -> PostgresError? in
            let conflict =
                transaction.conflict ?? (error as? PostgresError).flatMap { $0.isTransactionConflict ? $0 : nil }
            // A COMMIT that failed has ended the transaction; a ROLLBACK more does no harm.
            _ = transaction.end()
            session.end(rollingBack: true)
            return (error as? PostgresError)?.code == .commitUnknown ? nil : conflict
        }
        return found ?? nil
    }
}
