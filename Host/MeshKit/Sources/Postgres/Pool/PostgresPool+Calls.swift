internal import Observe
internal import Reactor

/// What callers await. On the loop.
extension PostgresPool {
    /// Executes one statement: on whatever connection has room, or on one that the caller has for itself. The request is
    /// made by the caller, as each async function on the way costs a look-up of the executor.
    func perform(
        _ request: PostgresRequest,
        on connection: PostgresConnection? = nil,
        deadline: MonotonicTime
    ) async throws(PostgresError) -> PostgresResult {
        request.classify(kind)
        numbers.statements.add(1)
        let span = StoreSpan.begin()
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                request.wait(continuation)
                request.timer = loop.schedule(at: deadline) { [self] in end(request, .timeout) }
                if let connection { connection.send(request) } else { submit(request) }
            }
        } onCancel: {
            // Later on the loop, so after the request was sent.
            loop.execute { self.end(request, .cancelled) }
        }
        span?.end(request, outcome)
        return try outcome.get()
    }

    /// Executes statements together: on whatever connection has room, or on one that the caller has for itself.
    func perform(
        all batch: PostgresRequest,
        on connection: PostgresConnection? = nil,
        deadline: MonotonicTime
    ) async throws(PostgresError) -> [PostgresRows] {
        batch.classify(kind)
        numbers.statements.add(batch.count)
        let span = StoreSpan.begin()
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                batch.waitForAll(continuation)
                batch.timer = loop.schedule(at: deadline) { [self] in end(batch, .timeout) }
                if let connection { connection.send(batch) } else { submit(batch) }
            }
        } onCancel: {
            loop.execute { self.end(batch, .cancelled) }
        }
        span?.end(batch, outcome)
        return try outcome.get()
    }

    /// A connection for oneself; `giveBack` it.
    func lease(_ deadline: MonotonicTime) async throws(PostgresError) -> PostgresConnection {
        let request = PostgresLeaseRequest()
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                request.wait(continuation)
                request.timer = loop.schedule(at: deadline) { [self] in end(request, .timeout) }
                submit(request)
            }
        } onCancel: {
            loop.execute { self.end(request, .cancelled) }
        }
        return try outcome.get()
    }

    /// Sends a statement whose rows go into `rows`. Not awaited: the rows tell its end.
    func stream(
        _ query: PostgresQuery,
        on connection: PostgresConnection,
        prelude: String?,
        into rows: PostgresRowQueue,
        deadline: MonotonicTime
    ) -> PostgresRequest {
        let request = PostgresRequest(query, prelude: prelude, rows: rows) { _ in }
        rows.request = request
        numbers.statements.add(1)
        request.timer = loop.schedule(at: deadline) { [self] in end(request, .timeout) }
        connection.send(request)
        return request
    }

    /// When a call has to have ended.
    func deadline(_ call: PostgresCall) throws(PostgresError) -> MonotonicTime {
        guard let deadline = call.deadline else { return loop.now.advanced(by: configuration.callTimeout) }
        guard deadline > MonotonicTime.now() else { throw .timeout }
        return deadline
    }
}

extension StoreSpan {
    /// Ends the span of a request, whose text is not told.
    fileprivate func end<Answer>(_ request: PostgresRequest, _ outcome: Result<Answer, PostgresError>) {
        let word = request.query.sql.drop(while: \.isWhitespace).prefix { $0.isLetter }
        let fault: String? =
            switch outcome {
            case .success: nil
            case .failure(let error): error.sqlState ?? "\(error.code)"
            }
        end("postgresql", word.uppercased(), count: request.count, fault: fault)
    }
}

extension PostgresError {
    static let timeout = PostgresError(.timeout, "the deadline passed while waiting for the database")
    static let closed = PostgresError(.closed, "the database client was closed")
    static let cancelled = PostgresError(.cancelled, "the call to the database was cancelled")
}
