internal import Reactor

/// The use of one connection outside of pipeline mode, for COPY and for texts of several statements, which libpq does
/// not allow in it. Loop only; by one task, with nothing else under way.
final class PlainExchange {
    private let connection: PostgresConnection
    private var waiting: UnsafeContinuation<Void, Never>?
    private var failure: PostgresError?

    /// Leaves pipeline mode.
    init(_ connection: PostgresConnection) throws(PostgresError) {
        guard !connection.isClosed, connection.plain == nil, connection.pipeline.isEmpty,
            connection.handle.leavePipeline()
        else { throw PostgresError(.misuse, "the connection is not free for COPY or a script") }
        self.connection = connection
        connection.plain = self
    }

    /// Goes back to pipeline mode, or closes the connection if an answer is still missing.
    func end() {
        guard failure == nil else { return }
        connection.plain = nil
        if !connection.handle.enterPipeline() { connection.lose("a COPY or script was not over") }
    }

    /// Sends a text of one or more statements, without parameters.
    func send(_ sql: String) throws(PostgresError) {
        if let failure { throw failure }
        guard connection.handle.sendSimple(sql) else { throw lose() }
        connection.flushLater()
    }

    /// The next result; nil when all statements are over.
    func next() async throws(PostgresError) -> PQResult? {
        while true {
            if let failure { throw failure }
            if !connection.handle.isBusy { return connection.handle.nextResult() }
            await withUnsafeContinuation { waiting = $0 }
        }
    }

    /// Sends bytes of COPY, and waits while the kernel takes no more.
    func put(_ bytes: [UInt8]) async throws(PostgresError) {
        if let failure { throw failure }
        guard bytes.withUnsafeBytes({ connection.handle.putCopyData($0) }) else { throw lose() }
        connection.endOfTurn()
        while connection.hasNoRoom, failure == nil {
            await withUnsafeContinuation { waiting = $0 }
        }
        if let failure { throw failure }
    }

    /// Ends COPY; with a reason the server undoes it.
    func putEnd(failing reason: String? = nil) throws(PostgresError) {
        if let failure { throw failure }
        guard connection.handle.putCopyEnd(failing: reason) else { throw lose() }
        connection.flushLater()
    }

    // MARK: From the connection

    func wake(hasRoom _: Bool) {
        waiting?.resume()
        waiting = nil
    }

    func lost(_ error: PostgresError) {
        failure = error
        wake(hasRoom: true)
    }

    private func lose() -> PostgresError {
        connection.lose(connection.handle.message)
        return failure ?? PostgresError(.connectionLost, "the connection to the database was lost")
    }
}
