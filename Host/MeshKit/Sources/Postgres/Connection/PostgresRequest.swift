internal import Reactor

/// One statement on its way: waiting for a connection, or sent on one. Loop only.
// Safe: made on a loop's task and touched on that loop alone; `cancel` gets there by `execute`.
final class PostgresRequest: @unchecked Sendable {
    let query: PostgresQuery
    /// Executed before it in the same group, such as BEGIN.
    let prelude: String?
    /// Takes the rows one by one; nil to collect them.
    let rows: PostgresRowQueue?

    /// Its place in the pool's queue while it waits there.
    var waiter: UInt64?
    /// The connection that it was sent on.
    weak var connection: PostgresConnection?
    /// Its number in that connection's pipeline.
    var number: UInt64 = 0
    var key: StatementCache.Key?
    var usesPrepared = false
    /// Whether it is a transaction of its own, so that after an error nothing of it is left and it may be sent again.
    var mayBeRepeated = false
    /// Whether it is the connection's or the pool's own, and counts for nobody.
    var isInternal = false
    /// Whether it is a COMMIT, which is not to be cancelled.
    var isCommit = false
    /// Whether what comes before it has failed.
    var hasPreludeFailed = false
    /// Whether libpq was told to give its rows one by one.
    var hasSingleRows = false
    var retriesLeft = 2
    var timer: LoopTimer?

    private(set) var result: PQResult?
    private(set) var failure: PostgresError?
    private var completion: ((Result<PQResult, PostgresError>) -> Void)?

    init(
        _ query: PostgresQuery,
        prelude: String? = nil,
        rows: PostgresRowQueue? = nil,
        completion: @escaping (Result<PQResult, PostgresError>) -> Void
    ) {
        self.query = query
        self.prelude = prelude
        self.rows = rows
        self.completion = completion
    }

    /// Whether its caller has had its answer.
    var isAnswered: Bool { completion == nil }

    func received(_ result: PQResult) { self.result = result }

    func failed(_ error: PostgresError) {
        if failure == nil { failure = error }
    }

    /// As before it was sent, to be sent again.
    func reset() {
        result = nil
        failure = nil
        key = nil
        usesPrepared = false
        connection = nil
        retriesLeft -= 1
    }

    /// The group is over: the caller gets what came.
    func finish() {
        if let failure {
            answer(.failure(failure))
        } else if let result {
            answer(.success(result))
        } else {
            answer(.failure(PostgresError(.connectionLost, "the statement ended without a result")))
        }
    }

    /// Answers the caller, once.
    func answer(_ outcome: Result<PQResult, PostgresError>) {
        guard let completion else { return }
        self.completion = nil
        timer?.cancel()
        timer = nil
        rows?.finish(outcome)
        completion(outcome)
    }
}
