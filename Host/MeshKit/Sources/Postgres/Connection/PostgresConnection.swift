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

    // Unchecked: a method of these is over before anything else is called, and looking after it at run time costs several
    // per cent of a small statement.
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
        let statement = request.kind.map { statements.use($0.number) } ?? .unnamed
        if case .ready = statement, request.mayBeRepeated, !request.isAlone, let kind = request.kind, kind.isRead {
            // A slow one would keep the others waiting for the end of all.
            request.sharesSync = configuration.sharedReads > 1 && (kind.cost ?? 0) < PostgresPoolState.gathered
        }
        if case .prepare(_, let closing?) = statement { close(statement: closing) }
        guard request.sharesSync || syncReads() else {
            lose(handle.message)
            return request.answer(.failure(Self.goneError))
        }
        guard queue(request, statement) else { return lose(handle.message) }
        if request.sharesSync {
            readsToSync += 1
            guard readsToSync < configuration.sharedReads || syncReads() else { return lose(handle.message) }
        } else {
            guard handle.queueSync() else { return lose(handle.message) }
        }
        flushLater()
    }

    /// Sends statements that are executed together, at the end of the turn.
    func send(_ batch: PostgresBatch) {
        guard !isClosed, plain == nil else { return batch.answer(.failure(Self.goneError)) }
        let cost = configuration.sharedReads > 1 ? batch.costAsRead : nil
        batch.begin(sharing: cost.map { $0 < PostgresPoolState.gathered } ?? false)
        var isQueued = batch.sharesSync || syncReads()
        for member in batch.members where isQueued {
            // Closing another statement now would part what belongs together.
            let statement = member.kind.map { statements.use($0.number, mayClose: false) } ?? .unnamed
            member.sharesSync = true
            isQueued = queue(member, statement)
        }
        readsToSync += batch.members.count
        if isQueued, !batch.sharesSync || readsToSync >= configuration.sharedReads { isQueued = syncReads() }
        guard isQueued else {
            lose(handle.message)
            return batch.answer(.failure(Self.goneError))
        }
        flushLater()
    }

    /// Queues the steps of a request, without a Sync. False when the connection is broken.
    private func queue(_ request: PostgresRequest, _ statement: StatementCache.Lookup) -> Bool {
        request.connection = self
        var steps: PipelineSteps = .execute
        var isQueued = true
        if let prelude = request.prelude {
            steps.insert(.prelude)
            isQueued = send(prelude: prelude)
        }
        switch statement {
        case .ready(let name):
            request.key = request.kind?.number
            request.usesPrepared = true
            isQueued = isQueued && handle.sendPrepared(name, request.query.bindings)
        case .prepare(let name, _):
            request.key = request.kind?.number
            request.isPreparing = true
            steps.insert(.prepare)
            isQueued =
                isQueued && handle.sendPrepare(name, request.query.sql, request.query.bindings)
                && handle.sendPrepared(name, request.query.bindings)
        case .unnamed:
            isQueued = isQueued && handle.send(request.query.sql, request.query.bindings)
        }
        let wasEmpty = pipeline.isEmpty
        request.number = pipeline.sent(request, steps, sharesSync: request.sharesSync)
        if isQueued, wasEmpty { headChanged() }
        return isQueued
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
    func ping(_ completion: @escaping (Result<PQResult, PostgresError>) -> Void) {
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
            if let rows = pipeline.head?.rows, rows.isFull, !pipeline.isHeadAbandoned { return pause() }
            guard !handle.isBusy else { break }
            let result = handle.nextResult()
            take(pipeline.received(PipelineAnswer(result)), result)
        }
        guard !isClosed else { return }
        while let notification = handle.nextNotification() { delegate?.notified(self, notification) }
        resumeReading()
    }

    private func take(_ output: PipelineState<PostgresRequest>.Output, _ result: PQResult?) {
        switch output {
        case .nothing:
            if result == nil { headChanged() }
        case .prepared(let request):
            if let key = request.key {
                statements.prepared(key)
                request.isPreparing = false
            }
            if request.isInternal { preludes[request.query.sql]?.isReady = true }
        case .result(let request):
            if let result { request.received(result) }
        case .row(let request):
            if let result, !request.isAnswered { request.rows?.append(result) }
        case .failed(let request, let step):
            let error = result?.error ?? PostgresError(.connectionLost, "the server sent an error without a text")
            if step == .prepare, let key = request.key { _ = statements.forget(key) }
            if step == .prelude { request.hasPreludeFailed = true }
            if step == .prelude, error.sqlState == "26000" { preludes = [:] }
            // Nobody knows whose error it is that comes at a Sync that several share.
            if !step.isEmpty || !request.sharesSync { request.failed(error) }
            if let batch = request.batch, !step.isEmpty || !batch.sharesSync { batch.failed(error) }
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
        case .violation(let reason):
            lose(handle.hasFailed ? handle.message : reason)
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
        // What was to be prepared behind a failure has not been.
        if request.isPreparing, let key = request.key { _ = statements.forget(key) }
        if let batch = request.batch { return finish(request, of: batch, inFailedGroup: hasFailed) }
        // A read that others drew into their failure has been undone with them, even if it had its result.
        let isInnocent = request.sharesSync && hasFailed && request.failure == nil
        if isInnocent || request.failure.map({ shouldRetry(request, $0) }) ?? false, !request.isAnswered {
            request.isAlone = request.isAlone || isInnocent
            request.reset()
            delegate?.finished(self)
            delegate?.retry(request)
            return
        }
        request.connection = nil
        request.finish()
        if request.isInternal { delegate?.settled(self) } else { delegate?.finished(self) }
    }

    private func finish(_ request: PostgresRequest, of batch: PostgresBatch, inFailedGroup hasFailed: Bool) {
        if let error = request.failure, isOfOthers(error, request) { batch.failedForNoReasonOfItsOwn() }
        request.connection = nil
        let isToRepeat = batch.ended(request, groupFailed: hasFailed)
        delegate?.finished(self)
        if isToRepeat { delegate?.retry(batch) }
    }

    /// Whether the statement was undone for a reason that is not its own.
    private func shouldRetry(_ request: PostgresRequest, _ error: PostgresError) -> Bool {
        isOfOthers(error, request) && request.retriesLeft > 0 && request.mayBeRepeated
    }

    /// Whether it is about a prepared statement that the server no longer knows, which is forgotten, or a cancel request
    /// that was for another.
    private func isOfOthers(_ error: PostgresError, _ request: PostgresRequest) -> Bool {
        let isOutdated = request.usesPrepared && (error.sqlState == "0A000" || error.sqlState == "26000")
        if isOutdated, let key = request.key, let name = statements.forget(key) { close(statement: name) }
        return isOutdated || (error.sqlState == "57014" && cancelsAbout > 0)
    }

    /// Another answer comes next.
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
        guard let number = pipeline.headNumber, number == measured.number else {
            measured = (pipeline.headNumber ?? 0, 0)
            return handle.consumeInput()
        }
        let before = handle.readableBytes
        let isAlive = handle.consumeInput()
        let after = handle.readableBytes
        // Nobody says how much was taken, and more may have come meanwhile: at least the difference, and where something
        // is left, libpq's buffer was filled.
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
