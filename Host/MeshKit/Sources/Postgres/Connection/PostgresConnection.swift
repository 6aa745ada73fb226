internal import Reactor

/// One connection in pipeline mode, on one loop: sends requests as they come, and gives each its answer. Loop only.
// Safe: touched on `loop` alone, which the entry points of the pool see to.
final class PostgresConnection: DescriptorHandler, EndOfTurn, @unchecked Sendable {
    let loop: EventLoop
    let blocking: BlockingPool
    let cancelGate: CancelGate
    let configuration: PostgresConfiguration
    /// The number under which the pool knows it.
    let id: Int
    let handle: PQHandle
    /// Until it is closed.
    private(set) var delegate: (any PostgresConnectionDelegate)?

    // Unchecked: a method of these is over before anything else is called, and looking after it at run time costs
    // several per cent of a small statement.
    @exclusivity(unchecked) var pipeline = PipelineState<PostgresRequest>()
    @exclusivity(unchecked) private var statements: StatementCache
    /// Statements that begin a transaction: under which name, and whether that has been prepared.
    private var preludes: [String: (name: StatementName, isReady: Bool)] = [:]
    /// Since when the server works on what is at the head, in nanoseconds; nil until that is sent.
    private var workingSince: UInt64?
    /// So many reads have been queued without a Sync.
    private var readsToSync = 0
    private var token: WatchToken?
    private var interest: IOInterest = []
    private var willFlush = false
    private var waitsForRoom = false
    private var isPaused = false
    private(set) var isClosed = false
    private var isProcessing = false
    /// Whether rows that come one by one are or were under way; only then answers are looked at for that.
    private var isStreaming = false

    /// Whether a cancel request is under way.
    var isCancelling = false
    /// Whether one is wanted and its turn has not come.
    var waitsToCancel = false
    /// Cancel requests that may still reach the wrong statement, with 57014.
    var cancelsAbout = 0
    /// The statement for which a cancel request was wanted last, and which `graceTimer` waits for.
    var cancelledNumber: UInt64 = 0
    /// The statement that the last cancel request was sent for.
    var cancelSentNumber: UInt64 = 0
    /// Its statements, if it was over before the request was; the pool has not heard of that yet.
    var lateFinished = 0
    var graceTimer: LoopTimer?

    /// Bytes that arrived for the statement at the head, measured only while it takes more than one read.
    private var measured: (number: UInt64, bytes: Int) = (0, 0)

    /// Whether whoever had it for itself has given it back, and it is to go on when nothing is under way.
    var isReturning = false
    var returnTimer: LoopTimer?

    /// COPY or a text of several statements, outside of pipeline mode.
    var plain: PlainExchange?

    init(
        _ handle: PQHandle,
        id: Int,
        loop: EventLoop,
        blocking: BlockingPool,
        cancelGate: CancelGate,
        configuration: PostgresConfiguration,
        delegate: any PostgresConnectionDelegate
    ) {
        self.handle = handle
        self.id = id
        self.loop = loop
        self.blocking = blocking
        self.cancelGate = cancelGate
        self.configuration = configuration
        self.delegate = delegate
        statements = StatementCache(capacity: configuration.preparedStatements)
    }

    /// Begins to read. The loop keeps the connection until it is closed.
    func start() throws {
        interest = .read
        token = try loop.watch(handle.socket, interest, self)
    }

    var isIdle: Bool { pipeline.isEmpty && plain == nil && handle.isIdle }

    // MARK: Requests

    private static let goneError = PostgresError(.connectionLost, "the connection to the database is gone")

    /// Sends a request at the end of the turn.
    func send(_ request: PostgresRequest) {
        guard !isClosed, plain == nil else { return request.answer(.failure(Self.goneError)) }
        let isQueued = request.isSeveral ? queueAll(request) : queueOne(request)
        guard isQueued else {
            lose(handle.message)
            return request.answer(.failure(Self.goneError))
        }
        flushLater()
    }

    /// Queues a single statement. False when the connection is broken.
    private func queueOne(_ request: PostgresRequest) -> Bool {
        let kind = request.kind
        let statement = kind.map { statements.use($0.number) } ?? .unnamed
        if case .ready = statement, configuration.sharedReads > 1, let cost = request.costAsRead {
            // A slow one would keep the others waiting for the end of all.
            request.sharesSync = cost < PostgresPoolState.gathered
        }
        if case .prepare(_, let closing?) = statement { close(statement: closing) }
        guard request.sharesSync || syncReads() else { return false }
        request.way = statement.way
        guard queue(request.query, statement, first: request) else { return false }
        return request.sharesSync ? readsQueued(1) : handle.queueSync()
    }

    /// Queues statements that are executed together. False when the connection is broken.
    private func queueAll(_ request: PostgresRequest) -> Bool {
        if configuration.sharedReads > 1, let cost = request.costAsRead {
            request.sharesSync = cost < PostgresPoolState.gathered
        }
        guard request.sharesSync || syncReads() else { return false }
        let all = request.queries
        let queries = all.span
        var statement = StatementCache.Lookup.unnamed
        for index in queries.indices {
            // What is ready for one is so for the next of its kind.
            if !request.members.isAsBefore(index) || request.members.way(index - 1) != .prepared {
                // Closing another statement now would part what belongs together.
                let kind = request.members.kind(index)
                statement = kind.map { statements.use($0.number, mayClose: false) } ?? .unnamed
            }
            request.sent(index, statement.way)
            guard queue(queries[index], statement, first: index == 0 ? request : nil) else { return false }
        }
        return request.sharesSync ? readsQueued(request.count) : handle.queueSync()
    }

    /// Queues the steps of a statement, without a Sync. False when the connection is broken.
    /// - Parameter first: the request, for its first statement.
    private func queue(
        _ query: PostgresQuery,
        _ statement: StatementCache.Lookup,
        first request: PostgresRequest?
    ) -> Bool {
        var steps: PipelineSteps = .execute
        var isQueued = true
        if let prelude = request?.prelude {
            steps.insert(.prelude)
            isQueued = send(prelude: prelude)
        }
        switch statement {
        case .ready(let name):
            isQueued = isQueued && handle.sendPrepared(name, query.bindings)
        case .prepare(let name, _):
            steps.insert(.prepare)
            isQueued =
                isQueued && handle.sendPrepare(name, query.sql, query.bindings)
                && handle.sendPrepared(name, query.bindings)
        case .unnamed:
            isQueued = isQueued && handle.send(query.sql, query.bindings)
        }
        guard let request else {
            pipeline.sentMore(steps)
            return isQueued
        }
        let wasEmpty = pipeline.isEmpty
        request.connection = self
        // Its Sync, if it has one of its own, is queued behind its last statement.
        request.number = pipeline.sent(request, steps, sharesSync: request.sharesSync)
        if request.rows != nil { isStreaming = true }
        if isQueued, wasEmpty { headChanged() }
        return isQueued
    }

    /// So many reads were queued without a Sync. False when the connection is broken.
    private func readsQueued(_ count: Int) -> Bool {
        readsToSync += count
        return readsToSync < configuration.sharedReads || syncReads()
    }

    /// Ends the reads that were sent without a Sync. False when the connection is broken.
    private func syncReads() -> Bool {
        guard readsToSync > 0 else { return true }
        readsToSync = 0
        pipeline.syncSent()
        return handle.queueSync()
    }

    /// Queues BEGIN or the like: by name, once the server knows it.
    private func send(prelude: String) -> Bool {
        let known = preludes[prelude]
        if let known, known.isReady { return handle.sendPrepared(known.name, PostgresBindings()) }
        if known == nil {
            // In a group of its own, before the transaction that it is prepared for, which does not count on it yet.
            let name = StatementName("p\(preludes.count + 1)")
            preludes[prelude] = (name, false)
            let request = PostgresRequest(PostgresQuery(unsafeSQL: prelude)) { _ in }
            request.isInternal = true
            guard handle.sendPrepare(name, prelude, PostgresBindings()) else { return false }
            request.number = pipeline.sent(request, .prepare)
            guard handle.queueSync() else { return false }
        }
        return handle.send(prelude, PostgresBindings())
    }

    /// Asks whether the server still answers; `completion` as for any request.
    func ping(_ completion: @escaping (Result<PostgresResult, PostgresError>) -> Void) {
        let request = PostgresRequest("", completion: completion)
        request.isInternal = true
        send(request)
    }

    private func close(statement name: StatementName) {
        // The names are ours; nothing of a user is in them. An error here concerns nobody.
        let request = PostgresRequest(PostgresQuery(unsafeSQL: "DEALLOCATE \(name.text)")) { _ in }
        request.isInternal = true
        guard syncReads(), handle.send(request.query.sql, request.query.bindings) else { return }
        request.number = pipeline.sent(request, .execute)
        _ = handle.queueSync()
    }

    func flushLater() {
        guard !willFlush, !waitsForRoom else { return }
        willFlush = true
        loop.atEndOfTurn(self)
    }

    /// Sends what the turn has gathered.
    func endOfTurn() {
        willFlush = false
        flush()
    }

    private func flush() {
        guard !isClosed else { return }
        guard syncReads() else { return lose(handle.message) }
        switch handle.flush() {
        case .done: waitsForRoom = false
        case .waits: waitsForRoom = true
        case .failed: return lose(handle.message)
        }
        if workingSince == nil { workingSince = MonotonicTime.now().nanoseconds }
        delegate?.sent(self)
        updateInterest()
    }

    /// Whether the kernel takes no more for now.
    var hasNoRoom: Bool { waitsForRoom }

    // MARK: Answers

    /// The socket is ready.
    func ready(_ events: IOInterest) {
        guard !isClosed else { return }
        if !events.isDisjoint(with: [.read, .hangUp, .failure]) {
            guard !isPaused else { return pausedFailure(events) }
            // A broken connection may still hold an answer, or the reason.
            let isAlive = consume()
            process()
            guard isAlive else { return lose(handle.message) }
        }
        if waitsForRoom { flush() }
        plain?.wake(hasRoom: !waitsForRoom)
    }

    /// Takes the answers that have come, as far as whoever reads rows has room.
    func process() {
        guard !isProcessing, plain == nil else { return }
        isProcessing = true
        defer { isProcessing = false }
        while !isClosed, !pipeline.isEmpty {
            if isStreaming, let rows = pipeline.head?.rows, rows.isFull, !pipeline.isHeadAbandoned { return pause() }
            guard !handle.isBusy else { break }
            guard let result = handle.nextResult() else {
                endStep()
                continue
            }
            take(result)
        }
        guard !isClosed else { return }
        while let notification = handle.nextNotification() { delegate?.notified(self, notification) }
        resumeReading()
    }

    /// libpq has no more of the step at the head.
    private func endStep() {
        let number = pipeline.headNumber
        if case .violation(let reason) = pipeline.received(.end) { return violated(reason) }
        if isStreaming || pipeline.headNumber != number { headChanged() }
    }

    private func violated(_ reason: String) { lose(handle.hasFailed ? handle.message : reason) }

    private func take(_ result: borrowing PQResult) {
        switch pipeline.received(PipelineAnswer(result.kind)) {
        case .nothing: break
        case .prepared(let request):
            if let kind = request.answeredKind {
                statements.prepared(kind.number)
                request.prepared()
            }
            if request.isInternal { preludes[request.query.sql]?.isReady = true }
        case .result(let request):
            request.received(result)
        case .row(let request):
            if !request.isAnswered { request.rows?.append(result.kept(request.kind)) }
        case .failed(let request, let step):
            let error = result.error
            if step == .prepare, let kind = request.answeredKind { _ = statements.forget(kind.number) }
            if step == .prelude { request.hasPreludeFailed = true }
            if step == .prelude, error.sqlState == "26000" { preludes = [:] }
            // Nobody knows whose error it is that comes at a Sync that several share.
            if !step.isEmpty || !request.sharesSync { request.failed(error) }
        case .finished(let request):
            let hasFailed = pipeline.hasFailed
            let cost = costOfGroup()
            request.tookAsMuch(cost)
            finish(request, inFailedGroup: hasFailed)
            while let next = pipeline.nextFinished() {
                next.tookAsMuch(cost)
                finish(next, inFailedGroup: hasFailed)
            }
            headChanged()
        case .violation(let reason): violated(reason)
        }
    }

    /// What each request of the group that is over took, in nanoseconds.
    private func costOfGroup() -> Int64 {
        let now = loop.now.nanoseconds
        defer { workingSince = pipeline.count > pipeline.finishedCount ? now : nil }
        guard let workingSince, now > workingSince else { return 0 }
        return Int64(now - workingSince) / Int64(pipeline.finishedCount + 1)
    }

    private func finish(_ request: PostgresRequest, inFailedGroup hasFailed: Bool) {
        if hasFailed { forgetUnprepared(request) }
        // A read that others drew into their failure has been undone with them, even if it had its result.
        let isInnocent = request.sharesSync && hasFailed && request.failure == nil
        let isMistaken = request.failure.map { isOfOthers($0, request) } ?? false
        if isInnocent || isMistaken, request.mayBeRepeated, request.retriesLeft > 0, !request.isAnswered {
            request.isAlone = request.isAlone || isInnocent
            request.reset()
            delegate?.finished(self, request.count)
            delegate?.retry(request)
            return
        }
        request.connection = nil
        request.finish(groupFailed: hasFailed)
        if request.isInternal {
            delegate?.settled(self)
        } else if isCancelling, request.number == cancelSentNumber {
            // Not before the request to cancel it has arrived: a transaction that came next would be hit by that.
            lateFinished = request.count
        } else {
            delegate?.finished(self, request.count)
        }
    }

    /// What was to be prepared behind a failure has not been.
    private func forgetUnprepared(_ request: PostgresRequest) {
        for kind in request.unpreparedKinds { _ = statements.forget(kind.number) }
    }

    /// Whether it is about a prepared statement that the server no longer knows, which is forgotten, or a cancel
    /// request that was for another.
    private func isOfOthers(_ error: PostgresError, _ request: PostgresRequest) -> Bool {
        let isOutdated = request.failedWay == .prepared && (error.sqlState == "0A000" || error.sqlState == "26000")
        if isOutdated, let kind = request.failedKind, let name = statements.forget(kind.number) {
            close(statement: name)
        }
        return isOutdated || isOfLateCancel(error)
    }

    /// Whether a cancel request that was for another statement may be what ended this one.
    func isOfLateCancel(_ error: PostgresError) -> Bool { error.sqlState == "57014" && cancelsAbout > 0 }

    /// The answer of another request comes next, or of another step of one with many rows.
    private func headChanged() {
        if pipeline.headNumber != cancelledNumber {
            graceTimer?.cancel()
            graceTimer = nil
        }
        guard let head = pipeline.head else { return }
        if head.rows != nil, pipeline.headStep == .execute, !head.hasSingleRows {
            head.hasSingleRows = handle.useSingleRows()
        }
        if pipeline.isHeadAbandoned { cancelHead() }
    }

    // MARK: Large results

    /// Whoever reads the rows has room again.
    func rowsWanted() {
        guard isPaused, !isClosed else { return }
        isPaused = false
        process()
    }

    private func pause() {
        isPaused = true
        updateInterest()
    }

    private func resumeReading() {
        isPaused = false
        if token == nil { token = try? loop.watch(handle.socket, .read, self) }
        updateInterest()
    }

    /// epoll reports a broken socket for ever, also to those who do not read.
    private func pausedFailure(_ events: IOInterest) {
        guard !events.isDisjoint(with: [.hangUp, .failure]), let token else { return }
        loop.unwatch(token)
        self.token = nil
        interest = []
    }

    /// Takes what has arrived, and counts it for the statement at the head. False when the connection is broken.
    private func consume() -> Bool {
        // A result that comes in one piece is small enough.
        guard pipeline.statementNumber == measured.number else {
            measured = (pipeline.statementNumber, 0)
            return handle.consumeInput()
        }
        let before = handle.readableBytes
        let isAlive = handle.consumeInput()
        let after = handle.readableBytes
        // Nobody says how much was taken, and more may have come meanwhile: at least the difference, and where
        // something is left, libpq's buffer was filled.
        measure(after == 0 ? before : max(before - after, min(before, PQHandle.bufferBytes)))
        return isAlive
    }

    /// Ends a statement whose result would not fit: libpq would gather all of it.
    private func measure(_ bytes: Int) {
        guard plain == nil else { return }
        measured.bytes += bytes
        guard measured.bytes > configuration.maximumResultBytes, let head = pipeline.head, head.rows == nil else {
            return
        }
        let limit = configuration.maximumResultBytes
        if !head.isAnswered {
            head.answer(.failure(PostgresError(.resultTooLarge, "the result is larger than \(limit) bytes")))
            abandon(head)
        } else if measured.bytes > limit + (64 << 20) {
            lose("a result that nobody wants did not end")
        }
    }

    private func updateInterest() {
        guard let token, !isClosed else { return }
        var wanted: IOInterest = isPaused ? [] : .read
        if waitsForRoom { wanted.insert(.write) }
        guard wanted != interest else { return }
        interest = wanted
        loop.update(token, wanted)
    }

    // MARK: The end

    /// Closes; what is under way fails.
    func close(_ error: PostgresError) {
        guard !isClosed else { return }
        isClosed = true
        let keepAlive = self
        if let token { loop.unwatch(token) }
        token = nil
        graceTimer?.cancel()
        graceTimer = nil
        returnTimer?.cancel()
        returnTimer = nil
        for request in pipeline.lost() {
            request.connection = nil
            // What the server said before it went is the better reason, unless it would look like an answer.
            request.answer(.failure(error))
        }
        plain?.lost(error)
        plain = nil
        delegate?.lost(self, error)
        delegate = nil
        withExtendedLifetime(keepAlive) {}
    }

    func lose(_ message: String) {
        close(PostgresError(.connectionLost, "the connection to the database was lost: \(message)"))
    }
}
