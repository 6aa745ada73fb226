internal import Reactor

extension PostgresConnection {
    /// Nobody waits any more for a request that was sent: if the server may be at it, it is asked to stop.
    func abandon(_ request: PostgresRequest) {
        guard !isClosed, pipeline.abandon(request.number) else { return }
        cancelHead()
        // Rows that nobody reads are dropped as they come.
        rowsWanted()
    }

    /// Asks the server to end the statement at the head, and replaces the connection if that does not help.
    func cancelHead() {
        guard let number = pipeline.headNumber else { return }
        if graceTimer == nil || cancelledNumber != number {
            graceTimer?.cancel()
            graceTimer = loop.schedule(after: configuration.pool.grace) { [self] in
                lose("a cancelled statement did not end")
            }
        }
        cancelledNumber = number
        // A COMMIT is left alone: to stop it half-way helps nobody.
        guard !isCancelling, !waitsToCancel, pipeline.head?.isCommit == false else { return }
        waitsToCancel = true
        let mayGo = cancelGate.enter { [self] in loop.execute { self.sendCancel() } }
        if mayGo { sendCancel() }
    }

    /// The gate is ours: the request is sent if it is still wanted.
    private func sendCancel() {
        waitsToCancel = false
        guard !isClosed, pipeline.isHeadAbandoned, pipeline.head?.isCommit == false, let cancel = handle.makeCancel()
        else { return cancelGate.leave() }
        isCancelling = true
        cancelSentNumber = pipeline.headNumber ?? 0
        cancelsAbout += 1
        loop.workers.run(CancelJob(cancel, connection: self))
    }

    fileprivate func cancelSent() {
        cancelGate.leave()
        isCancelling = false
        // The next one may have been given up meanwhile.
        if !isClosed, pipeline.isHeadAbandoned, pipeline.headNumber != cancelSentNumber { cancelHead() }
        if lateFinished > 0 { delegate?.finished(self, lateFinished) }
        lateFinished = 0
        // Whoever gave the connection back did so before this was over.
        delegate?.settled(self)
        // The signal has been sent, and may be noticed a little later.
        loop.schedule(after: .seconds(1)) { [weak self] in self?.cancelsAbout -= 1 }
    }
}

/// One cancel request, in the pool: it makes a connection of its own, and libpq has no way to do that without waiting
/// (before version 17). If that takes long, the grace period decides.
private final class CancelJob: LoopJob {
    private let cancel: PQCancel
    private let connection: PostgresConnection

    init(_ cancel: PQCancel, connection: PostgresConnection) {
        self.cancel = cancel
        self.connection = connection
    }

    func run() async {
        let cancel = cancel
        try? await connection.blocking.run { cancel.request() }
        connection.cancelSent()
    }
}
