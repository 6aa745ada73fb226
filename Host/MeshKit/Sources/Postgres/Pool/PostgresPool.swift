internal import Logging
internal import Reactor

/// The connections of one loop: executes what `PostgresPoolState` decides. Loop only.
// Safe: touched on `loop` alone; `PostgresClient` sees to that.
final class PostgresPool: PostgresConnectionDelegate, EndOfTurn, @unchecked Sendable {
    enum Waiter {
        case statement(PostgresRequest)
        case lease(PostgresLeaseRequest)
    }

    let loop: EventLoop
    let blocking: BlockingPool
    let cancelGate: CancelGate
    let configuration: PostgresConfiguration
    private let logger: Logger
    /// What metrics are read from.
    let numbers = PostgresPoolNumbers()
    private var willCount = false
    // Unchecked: as in `PostgresConnection`.
    @exclusivity(unchecked) private var state: PostgresPoolState
    @exclusivity(unchecked) private var kinds: StatementKinds
    private var connections: [Int: PostgresConnection] = [:]
    private let silentHosts = SilentHosts()
    private var attempts: [Int: ConnectionAttempt] = [:]
    private var listeners: [ObjectIdentifier: PostgresListener] = [:]
    private var waiting: [UInt64: Waiter] = [:]
    private var tick: (timer: LoopTimer, time: MonotonicTime)?
    private var lastError = PostgresError(.connection, "the database has not been reached yet")

    init(
        _ configuration: PostgresConfiguration,
        loop: EventLoop,
        blocking: BlockingPool,
        cancelGate: CancelGate,
        logger: Logger
    ) {
        self.cancelGate = cancelGate
        self.configuration = configuration
        self.loop = loop
        self.blocking = blocking
        self.logger = logger
        state = PostgresPoolState(limits: configuration.pool, groupLimit: configuration.sharedReads)
        kinds = StatementKinds(capacity: 4 * configuration.preparedStatements)
    }

    // MARK: Metrics

    /// Counts at the end of the turn what there is of connections.
    private func countLater() {
        guard !willCount else { return }
        willCount = true
        loop.atEndOfTurn(self)
    }

    /// Counts, for the metrics.
    func endOfTurn() {
        willCount = false
        let tally = state.tally
        numbers.idle.set(tally.idle)
        numbers.busy.set(tally.busy)
        numbers.connecting.set(tally.connecting)
        numbers.waiting.set(state.waitingCount)
    }

    // MARK: For calls

    /// Sends a request as soon as a connection has room.
    func submit(_ request: PostgresRequest) {
        countLater()
        if let id = state.take(read: request.costAsRead, count: request.count), let connection = connections[id] {
            connection.send(request)
            if state.wantsMore(afterTaking: id, count: request.count) { execute(state.grow(now: loop.now)) }
            return
        }
        if let (waiter, actions) = join(.shared) {
            request.waiter = waiter
            waiting[waiter] = .statement(request)
            execute(actions)
        } else {
            request.answer(.failure(refusal))
        }
    }

    /// What is known of a statement that may be prepared; nil where none is.
    func kind(of query: PostgresQuery) -> StatementKind? {
        configuration.preparedStatements > 0 ? kinds.kind(of: query) : nil
    }

    /// Asks for a connection of one's own.
    func submit(_ request: PostgresLeaseRequest) {
        if let (waiter, actions) = join(.exclusive) {
            request.waiter = waiter
            waiting[waiter] = .lease(request)
            execute(actions)
        } else {
            request.answer(.failure(refusal))
        }
    }

    /// The caller of a statement waits no longer: it gets `error` now, wherever the statement is.
    func end(_ request: PostgresRequest, _ error: PostgresError) {
        guard !request.isAnswered else { return }
        if error.code == .timeout { numbers.timeouts.add(1) }
        request.answer(.failure(error))
        if let waiter = request.waiter {
            request.waiter = nil
            waiting[waiter] = nil
            execute(state.giveUp(waiter, now: loop.now))
        } else {
            request.connection?.abandon(request)
        }
    }

    /// The caller waits no longer for a connection of its own.
    func end(_ request: PostgresLeaseRequest, _ error: PostgresError) {
        guard let waiter = request.waiter else { return }
        request.waiter = nil
        waiting[waiter] = nil
        if error.code == .timeout { numbers.timeouts.add(1) }
        request.answer(.failure(error))
        execute(state.giveUp(waiter, now: loop.now))
    }

    /// Gives a connection back, which goes on when nothing is under way on it.
    func giveBack(_ connection: PostgresConnection, rollingBack: Bool) {
        guard connections[connection.id] === connection, !connection.isReturning else { return }
        if connection.plain != nil { return connection.lose("a COPY was not over") }
        connection.isReturning = true
        if rollingBack {
            let request = PostgresRequest("ROLLBACK") { _ in }
            request.isInternal = true
            connection.send(request)
        }
        settled(connection)
    }

    func close() {
        lastError = .closed
        tick?.timer.cancel()
        tick = nil
        execute(state.close())
        for attempt in attempts.values { attempt.cancel(lastError) }
        for connection in connections.values { connection.close(lastError) }
        for listener in listeners.values { listener.stop(lastError) }
    }

    /// A listener has a connection of its own, and ends with the pool. False if the pool is closed.
    func add(_ listener: PostgresListener) -> Bool {
        guard !state.isClosed else { return false }
        listeners[ObjectIdentifier(listener)] = listener
        return true
    }

    func remove(_ listener: PostgresListener) { listeners[ObjectIdentifier(listener)] = nil }

    /// How many connections there are, those being made included.
    var connectionCount: Int { state.connections.count }

    private func join(_ demand: PostgresPoolState.Demand) -> (UInt64, [PostgresPoolState.Action])? {
        guard !state.isHopeless else { return nil }
        countLater()
        let joined = state.wait(demand, now: loop.now)
        // Who is served at once has not waited.
        if let joined, !joined.actions.contains(where: { $0.grants(joined.waiter) }) { numbers.waits.add(1) }
        return joined
    }

    private var refusal: PostgresError {
        if state.isClosed || state.isHopeless { return lastError }
        return PostgresError(.poolExhausted, "too many calls wait for a connection to the database")
    }

    // MARK: From connections

    func sent(_ connection: PostgresConnection) { state.sent(connection.id) }

    func finished(_ connection: PostgresConnection, _ count: Int) {
        countLater()
        if connection.isReturning { return settled(connection) }
        execute(state.finished(connection.id, count, now: loop.now))
        if tick == nil { reschedule() }
    }

    func settled(_ connection: PostgresConnection) {
        guard connection.isReturning else { return }
        // A cancel request on its way would hit whoever comes next.
        guard connection.pipeline.isEmpty, !connection.isCancelling else {
            if connection.returnTimer == nil {
                connection.returnTimer = loop.schedule(after: configuration.pool.grace) {
                    connection.lose("it did not become free in time")
                }
            }
            return
        }
        connection.isReturning = false
        connection.returnTimer?.cancel()
        connection.returnTimer = nil
        guard connection.handle.isIdle else { return connection.lose("a transaction was left open on it") }
        execute(state.released(connection.id, now: loop.now))
        if tick == nil { reschedule() }
    }

    func retry(_ request: PostgresRequest) {
        request.waiter = nil
        submit(request)
    }

    func lost(_ connection: PostgresConnection, _ error: PostgresError) {
        connections[connection.id] = nil
        if !state.isClosed {
            numbers.losses.add(1)
            lastError = error
            logger.debug("a connection to the database is gone", metadata: ["reason": "\(error)"])
        }
        execute(state.lost(connection.id, now: loop.now))
    }

    // MARK: Actions

    private func execute(_ actions: [PostgresPoolState.Action]) {
        countLater()
        for action in actions {
            switch action {
            case .connect(let id): connect(id)
            case .close(let id): close(id)
            case .grant(let waiter, let id): grant(waiter, id)
            case .check(let id): check(id)
            case .failWaiting: failWaiting()
            }
        }
        reschedule()
    }

    private func grant(_ waiter: UInt64, _ id: Int) {
        guard let connection = connections[id] else { return }
        switch waiting.removeValue(forKey: waiter) {
        case .statement(let request):
            request.waiter = nil
            if request.isSeveral { state.add(id, request.count - 1) }
            connection.send(request)
        case .lease(let request):
            request.waiter = nil
            request.answer(.success(connection))
        case nil: preconditionFailure("the pool served somebody who does not wait")
        }
    }

    private func connect(_ id: Int) {
        let attempt = ConnectionAttempt(
            configuration,
            silent: silentHosts,
            loop: loop,
            pool: blocking
        ) { [self] outcome in
            attempts[id] = nil
            switch outcome {
            case .success(let handle): connected(id, handle)
            case .failure(let error): connectFailed(id, error)
            }
        }
        attempts[id] = attempt
        attempt.start()
    }

    private func connected(_ id: Int, _ handle: PQHandle) {
        guard !state.isClosed else { return }
        let connection = PostgresConnection(
            handle,
            id: id,
            loop: loop,
            blocking: blocking,
            cancelGate: cancelGate,
            configuration: configuration,
            delegate: self
        )
        do {
            try connection.start()
        } catch {
            return connectFailed(id, PostgresError(.connection, "cannot watch a connection: \(error)"))
        }
        connections[id] = connection
        execute(state.connected(id, now: loop.now, dice: Double.random(in: 0...1)))
        reschedule()
    }

    private func connectFailed(_ id: Int, _ error: PostgresError) {
        guard !state.isClosed else { return }
        numbers.failures.add(1)
        lastError = error
        logger.debug("no connection to the database", metadata: ["reason": "\(error)"])
        let dice = Double.random(in: 0...1)
        execute(state.connectFailed(id, isRefusal: error.isRefusal, now: loop.now, dice: dice))
        reschedule()
    }

    private func close(_ id: Int) {
        let error = PostgresError(.closed, "the connection was closed")
        attempts[id]?.cancel(error)
        connections[id]?.close(state.isClosed ? lastError : error)
    }

    private func check(_ id: Int) {
        guard let connection = connections[id] else { return }
        let timer = loop.schedule(after: configuration.pool.grace) {
            connection.lose("it did not answer in time")
        }
        connection.ping { [self] outcome in
            timer.cancel()
            switch outcome {
            case .success: execute(state.checked(id, now: loop.now))
            case .failure(let error): connection.close(error)
            }
        }
    }

    private func failWaiting() {
        let failing = waiting
        waiting = [:]
        for waiter in failing.values {
            switch waiter {
            case .statement(let request):
                request.waiter = nil
                request.answer(.failure(lastError))
            case .lease(let request):
                request.waiter = nil
                request.answer(.failure(lastError))
            }
        }
    }

    private func reschedule() {
        let next = state.nextTick()
        if let tick, let next, tick.time <= next { return }
        tick?.timer.cancel()
        tick = nil
        guard let next else { return }
        // Not weak, here and in connections: a weak reference makes every later use of the object slower. Whatever ends
        // them cancels their timers.
        let timer = loop.schedule(at: next) { [self] in
            tick = nil
            execute(state.tick(now: MonotonicTime.now()))
            reschedule()
        }
        tick = (timer, next)
    }
}
