internal import HTTP
internal import Observe
internal import Reactor
internal import Synchronization

/// Requests of one loop and one moment that get the same answer get it from one round: one task asks the route, and the gate,
/// for all of them. A round begins after its requests have come, never before (``CallLine``): each answer is as new as that
/// of a call of one's own.
final class SharedAnswers: Sendable {
    /// A request that waits.
    struct Guest: Sendable {
        let seat: HTTPSeat
        /// Of the route's gate, if it has one.
        let ticket: (any RESTTicket)?
    }

    /// Makes the answer of a round; nil leaves the requests to the handler.
    typealias Maker =
        @Sendable (SharedAnswerKey, CallContext) async throws -> HTTPPreparedResponse?

    private let line = Mutex(CallLine<SharedAnswerKey, Guest>())

    /// Takes a request in; true if it is the first of a round, which is to be begun then. On its loop.
    func arrive(_ guest: Guest, _ key: SharedAnswerKey) -> Bool { line.withLock { $0.arrive(key, guest) } }

    /// Begins a round. On the loop of its requests.
    func begin(_ key: SharedAnswerKey, first guest: Guest, timeout: Duration, _ make: @escaping Maker) {
        SharedRound(self, key, first: guest, timeout, make).start(on: guest.seat.loop)
    }

    /// Who comes from now on is late for this round.
    fileprivate func depart(_ key: SharedAnswerKey) { line.withLock { $0.depart(key) } }

    /// - Returns: who came along, and who was too late, with whom the next round begins.
    fileprivate func land(_ key: SharedAnswerKey) -> (passengers: [Guest], next: Guest?) {
        line.withLock { $0.land(key) }
    }
}

/// One round, as a task of the loop of its requests.
// Safe: touched on that loop alone.
private final class SharedRound: LoopJob, @unchecked Sendable {
    private let answers: SharedAnswers
    private let key: SharedAnswerKey
    private let first: SharedAnswers.Guest
    private let timeout: Duration
    private let make: SharedAnswers.Maker
    private var timer: LoopTimer?

    init(
        _ answers: SharedAnswers,
        _ key: SharedAnswerKey,
        first: SharedAnswers.Guest,
        _ timeout: Duration,
        _ make: @escaping SharedAnswers.Maker
    ) {
        self.answers = answers
        self.key = key
        self.first = first
        self.timeout = timeout
        self.make = make
    }

    func start(on loop: EventLoop) {
        let worker = LoopWorkers.of(loop).run(self)
        timer = loop.schedule(after: timeout) { worker.cancel() }
    }

    func run() async {
        // Whoever is ready on this loop comes along.
        await Task.yield()
        answers.depart(key)
        let begun = MonotonicTime.now()
        let context = CallContext.root().enforcing(begun.advanced(by: timeout))
        let answer = try? await answer(context)
        timer?.cancel()
        timer = nil
        if let answer, context.trace.isRecorded {
            let nanoseconds = MonotonicTime.now().nanoseconds &- begun.nanoseconds
            Tracer.process.record(.ofRequest(key.endpoint.route, answer.status, context.trace, nanoseconds))
        }
        let (guests, late) = answers.land(key)
        if let late {
            SharedRound(answers, key, first: late, timeout, make).start(on: late.seat.loop)
        }
        // The span of a round is its first request's.
        let now = MonotonicTime.now()
        end(first, answer, context.trace.traceID, now)
        for guest in guests { end(guest, answer, .random(), now) }
    }

    private func answer(_ context: CallContext) async throws -> HTTPPreparedResponse? {
        guard context.trace.isRecorded else { return try await ask(context) }
        return try await CurrentTrace.with(context.trace) { try await ask(context) }
    }

    /// Asks the route, and the gate at the same time.
    private func ask(_ context: CallContext) async throws -> HTTPPreparedResponse? {
        let access = key.endpoint.target.access
        guard let gate = key.endpoint.route.gate, access != .anybody else { return try await make(key, context) }
        async let answer = make(key, context)
        try await gate.prepare(access, context)
        return try await answer
    }

    private func end(
        _ guest: SharedAnswers.Guest,
        _ answer: HTTPPreparedResponse?,
        _ id: TraceContext.TraceID,
        _ now: MonotonicTime
    ) {
        guard let answer, var fields = admitted(guest, now) else { return guest.seat.decline() }
        fields.append("x-request-id", RESTRequestID.of(guest.seat.head.fields) ?? "\(id)")
        key.endpoint.route.metrics?.finished(status: answer.status, nanoseconds: guest.seat.age(at: now))
        guest.seat.answer(answer, adding: fields)
    }

    private func admitted(_ guest: SharedAnswers.Guest, _ now: MonotonicTime) -> HTTPFields? {
        guard let gate = key.endpoint.route.gate else { return [:] }
        return guest.ticket.flatMap { gate.admit($0, at: now) }
    }
}
