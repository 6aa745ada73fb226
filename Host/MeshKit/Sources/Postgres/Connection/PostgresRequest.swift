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
    /// The connection that it was sent on, while it is under way there. Not weak, as a weak reference makes every use of
    /// the object slower; whoever ends the request clears it.
    var connection: PostgresConnection?
    /// Its number in that connection's pipeline.
    var number: UInt64 = 0
    /// What is known of its statement; nil for what is not to be prepared.
    var kind: StatementKind?
    /// Its statement, where this request prepares or uses it on its connection.
    var key: StatementCache.Key?
    var usesPrepared = false
    /// Whether it prepares its statement, and has not done so yet.
    var isPreparing = false
    /// Whether it is a transaction of its own, so that after an error nothing of it is left and it may be sent again.
    var mayBeRepeated = false
    /// Whether it was sent without a Sync of its own, in one transaction with other reads.
    var sharesSync = false
    /// Whether it is to have a Sync of its own, as others have failed beside it.
    var isAlone = false
    /// Whether it is the connection's or the pool's own, and counts for nobody.
    var isInternal = false
    /// Whether it is a COMMIT, which is not to be cancelled.
    var isCommit = false
    /// Whether what comes before it has failed.
    var hasPreludeFailed = false
    /// Whether libpq was told to give its rows one by one.
    var hasSingleRows = false
    /// What it is a part of, while it is under way.
    var batch: PostgresBatch?
    var retriesLeft = 2
    var timer: LoopTimer?

    private(set) var result: PQResult?
    private(set) var failure: PostgresError?
    /// Who waits: a task, or whoever gave a closure.
    private enum Caller {
        case none
        case task(UnsafeContinuation<Result<PQResult, PostgresError>, Never>)
        case closure((Result<PQResult, PostgresError>) -> Void)
    }
    private var caller: Caller

    /// A request whose answer `completion` takes.
    init(
        _ query: PostgresQuery,
        prelude: String? = nil,
        rows: PostgresRowQueue? = nil,
        completion: @escaping (Result<PQResult, PostgresError>) -> Void
    ) {
        self.query = query
        self.prelude = prelude
        self.rows = rows
        caller = .closure(completion)
    }

    /// A request whose answer a task will wait for; see `wait`.
    init(_ query: PostgresQuery, prelude: String?) {
        self.query = query
        self.prelude = prelude
        rows = nil
        caller = .none
    }

    /// A task waits for the answer, which has not been given.
    func wait(_ continuation: UnsafeContinuation<Result<PQResult, PostgresError>, Never>) {
        caller = .task(continuation)
    }

    /// Whether its caller has had its answer.
    var isAnswered: Bool {
        if let batch { return batch.isAnswered }
        return if case .none = caller { true } else { false }
    }

    /// What it probably costs, in nanoseconds, if it may share a Sync; nil if not.
    var costAsRead: Int64? {
        guard mayBeRepeated, !isAlone, let kind, kind.isRead else { return nil }
        return kind.cost ?? PostgresPoolState.gathered / 4
    }

    /// Says what it took, in nanoseconds.
    func tookAsMuch(_ cost: Int64) {
        // Preparing one is dear, and happens once.
        if usesPrepared { kind?.took(cost) }
    }

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
        isPreparing = false
        sharesSync = false
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
        if let batch {
            if case .failure(let error) = outcome { batch.answer(.failure(error)) }
            return
        }
        let caller = caller
        guard !isAnswered else { return }
        self.caller = .none
        timer?.cancel()
        timer = nil
        rows?.finish(outcome)
        switch caller {
        case .none: break
        case .task(let continuation): continuation.resume(returning: outcome)
        case .closure(let completion): completion(outcome)
        }
    }
}
