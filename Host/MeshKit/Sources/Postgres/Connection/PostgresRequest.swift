internal import Reactor

/// One statement on its way, or several that are sent in one piece and executed in one transaction: waiting for a
/// connection, or sent on one. Loop only.
// Safe: made on a loop's task and touched on that loop alone; `cancel` gets there by `execute`.
final class PostgresRequest: @unchecked Sendable {
    /// How a statement was sent.
    enum Way {
        case unnamed
        /// It prepares its statement, and that has not been answered.
        case preparing
        case prepared
    }

    /// The statement, or the first.
    let query: PostgresQuery
    /// All of them, if they are several.
    let queries: [PostgresQuery]
    /// Executed before the first in the same group, such as BEGIN.
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
    /// What is known of its statement, and how that was sent; nothing is known of what is not to be prepared.
    private(set) var kind: StatementKind?
    var way = Way.unnamed
    // Unchecked: as in `PostgresConnection`.
    /// The same of each, if they are several.
    @exclusivity(unchecked) private(set) var members = PostgresMembers()
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
    /// What it probably costs, in nanoseconds, if it consists of reads; nil if not.
    private var readCost: Int64?
    private(set) var retriesLeft = 2
    var timer: LoopTimer?

    private(set) var failure: PostgresError?
    /// Which of its statements has failed.
    private(set) var failedWay = Way.unnamed
    private(set) var failedKind: StatementKind?
    private var result: PostgresResult?
    /// Of those that are several.
    @exclusivity(unchecked) private var results: [PostgresRows] = []
    @exclusivity(unchecked) private var memory: ResultMemory?
    private var answered = 0
    /// Who waits: a task, or whoever gave a closure.
    private enum Caller {
        case none
        case task(UnsafeContinuation<Result<PostgresResult, PostgresError>, Never>)
        case taskForAll(UnsafeContinuation<Result<[PostgresRows], PostgresError>, Never>)
        case closure((Result<PostgresResult, PostgresError>) -> Void)
    }
    private var caller: Caller

    /// A request whose answer `completion` takes.
    init(
        _ query: PostgresQuery,
        prelude: String? = nil,
        rows: PostgresRowQueue? = nil,
        completion: @escaping (Result<PostgresResult, PostgresError>) -> Void
    ) {
        self.query = query
        queries = []
        self.prelude = prelude
        self.rows = rows
        caller = .closure(completion)
    }

    /// A request whose answer a task will wait for; see `wait`.
    init(_ query: PostgresQuery, prelude: String?, mayBeRepeated: Bool) {
        self.query = query
        queries = []
        self.prelude = prelude
        rows = nil
        caller = .none
        self.mayBeRepeated = mayBeRepeated
    }

    /// Statements whose answers a task will wait for; the caller gets all results, or the first error.
    /// - Parameter prelude: executed before the first, such as BEGIN; then, or in an open transaction, not repeatable.
    init(_ queries: [PostgresQuery], prelude: String?, mayBeRepeated: Bool) {
        query = queries[0]
        self.queries = queries
        self.prelude = prelude
        rows = nil
        caller = .none
        self.mayBeRepeated = mayBeRepeated
    }

    /// How many statements it has.
    var count: Int { max(1, queries.count) }
    var isSeveral: Bool { !queries.isEmpty }

    /// Looks its statements up; before it is sent or waits.
    func classify(_ kind: (PostgresQuery) -> StatementKind?) {
        guard isSeveral else {
            self.kind = kind(query)
            readCost = self.kind?.costAsRead
            return
        }
        members = PostgresMembers(queries, kind)
        readCost = members.costAsRead
    }

    /// A task waits for the answer, which has not been given.
    func wait(_ continuation: UnsafeContinuation<Result<PostgresResult, PostgresError>, Never>) {
        caller = .task(continuation)
    }

    /// The same for several statements.
    func waitForAll(_ continuation: UnsafeContinuation<Result<[PostgresRows], PostgresError>, Never>) {
        caller = .taskForAll(continuation)
    }

    /// Whether its caller has had its answer.
    var isAnswered: Bool { if case .none = caller { true } else { false } }

    /// What it probably costs, in nanoseconds, if it may share a Sync; nil if not.
    var costAsRead: Int64? { mayBeRepeated && !isAlone ? readCost : nil }

    /// Says what each statement took, in nanoseconds.
    func tookAsMuch(_ cost: Int64) {
        // Preparing one is dear, and happens once.
        guard isSeveral else {
            if way == .prepared { kind?.took(cost) }
            return
        }
        members.took(cost)
    }

    /// One of several was sent.
    func sent(_ index: Int, _ way: Way) { members.setWay(index, way) }

    /// What is known of the statement whose answer comes next.
    var answeredKind: StatementKind? { isSeveral ? members.kind(answered) : kind }

    /// The statement whose answer comes next has been prepared.
    func prepared() { if isSeveral { members.setWay(answered, .prepared) } else { way = .prepared } }

    /// Those that were to be prepared and have not been.
    var unpreparedKinds: [StatementKind] {
        if isSeveral { return members.unprepared }
        return way == .preparing ? [kind].compactMap(\.self) : []
    }

    /// The statement whose answer comes next has this one.
    func received(_ result: borrowing PQResult) {
        guard isSeveral else {
            self.result = result.kept(kind)
            return
        }
        if results.isEmpty { results.reserveCapacity(queries.count) }
        let left = queries.count - answered
        results.append(PostgresRows(result: result.kept(members.kind(answered), in: &memory, left: left)))
        if left > 1 { answered += 1 }
    }

    /// The statement whose answer comes next has failed, or what comes before it.
    func failed(_ error: PostgresError) {
        guard failure == nil else { return }
        failure = error
        (failedWay, failedKind) = (isSeveral ? members.way(answered) : way, answeredKind)
    }

    /// As before it was sent, to be sent again.
    func reset() {
        result = nil
        results = []
        memory = nil
        answered = 0
        failure = nil
        way = .unnamed
        members.reset()
        sharesSync = false
        connection = nil
        retriesLeft -= 1
    }

    /// The group is over: the caller gets what came.
    func finish(groupFailed: Bool) {
        if let failure { return answer(.failure(failure)) }
        if isSeveral, !groupFailed, results.count == queries.count { return answerAll() }
        if !isSeveral, let result { return answer(.success(result)) }
        answer(.failure(PostgresError(.connectionLost, "the statement ended without a result")))
    }

    /// Answers the caller, once.
    func answer(_ outcome: Result<PostgresResult, PostgresError>) {
        let caller = caller
        guard !isAnswered else { return }
        self.caller = .none
        timer?.cancel()
        timer = nil
        rows?.finish(outcome)
        switch caller {
        case .none: break
        case .task(let continuation): continuation.resume(returning: outcome)
        case .taskForAll(let continuation):
            // All have their own way to be answered; here they only fail.
            if case .failure(let error) = outcome { continuation.resume(returning: .failure(error)) }
        case .closure(let completion): completion(outcome)
        }
    }

    private func answerAll() {
        guard case .taskForAll(let continuation) = caller else { return }
        caller = .none
        timer?.cancel()
        timer = nil
        continuation.resume(returning: .success(results))
    }
}
