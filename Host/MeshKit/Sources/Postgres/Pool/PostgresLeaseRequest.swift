internal import Reactor

/// A caller that waits for a connection of its own. Loop only.
// Safe: as for `PostgresRequest`.
final class PostgresLeaseRequest: @unchecked Sendable {
    var waiter: UInt64?
    var timer: LoopTimer?
    var isCancelled = false
    private var continuation: UnsafeContinuation<Result<PostgresConnection, PostgresError>, Never>?

    func wait(_ continuation: UnsafeContinuation<Result<PostgresConnection, PostgresError>, Never>) {
        self.continuation = continuation
    }

    func answer(_ outcome: Result<PostgresConnection, PostgresError>) {
        timer?.cancel()
        timer = nil
        continuation?.resume(returning: outcome)
        continuation = nil
    }
}
