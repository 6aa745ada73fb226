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
        let call: RESTCall
        /// Of the route's gate, if it has one.
        let ticket: (any RESTTicket)?
    }

    /// Makes the answer of a round; nil leaves the requests to the handler.
    typealias Maker =
        @Sendable (SharedAnswerKey, RESTRouter.Endpoint, CallContext) async throws -> HTTPPreparedResponse?

    private let line = Mutex(CallLine<SharedAnswerKey, Guest>())

    /// Takes a request in. On its loop.
    func arrive(
        _ guest: Guest,
        _ key: SharedAnswerKey,
        _ endpoint: RESTRouter.Endpoint,
        timeout: Duration,
        _ make: @escaping Maker
    ) {
        guard line.withLock({ $0.arrive(key, guest) }) else { return }
        SharedRound(self, key, endpoint, first: guest, timeout, make).start(on: guest.seat.loop)
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
    private let endpoint: RESTRouter.Endpoint
    private let first: SharedAnswers.Guest
    private let timeout: Duration
    private let make: SharedAnswers.Maker
    private var timer: LoopTimer?

    init(
        _ answers: SharedAnswers,
        _ key: SharedAnswerKey,
        _ endpoint: RESTRouter.Endpoint,
        first: SharedAnswers.Guest,
        _ timeout: Duration,
        _ make: @escaping SharedAnswers.Maker
    ) {
        self.answers = answers
        self.key = key
        self.endpoint = endpoint
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
            Tracer.process.record(.ofRequest(endpoint.route, answer.status, context.trace, nanoseconds))
        }
        let (guests, late) = answers.land(key)
        if let late {
            SharedRound(answers, key, endpoint, first: late, timeout, make).start(on: late.seat.loop)
        }
        // The span of a round is its first request's.
        end(first, answer, context.trace.traceID)
        for guest in guests { end(guest, answer, .random()) }
    }

    private func answer(_ context: CallContext) async throws -> HTTPPreparedResponse? {
        guard context.trace.isRecorded else { return try await ask(context) }
        return try await CurrentTrace.with(context.trace) { try await ask(context) }
    }

    /// Asks the route, and the gate at the same time.
    private func ask(_ context: CallContext) async throws -> HTTPPreparedResponse? {
        guard let gate = endpoint.route.gate, first.call.access != .anybody else {
            return try await make(key, endpoint, context)
        }
        async let answer = make(key, endpoint, context)
        try await gate.prepare(first.call.access, context)
        return try await answer
    }

    private func end(_ guest: SharedAnswers.Guest, _ answer: HTTPPreparedResponse?, _ id: TraceContext.TraceID) {
        guard let answer, var fields = admitted(guest) else { return guest.seat.decline() }
        let head = guest.call.head
        fields.append("x-request-id", RESTRequestID.of(head.fields) ?? "\(id)")
        endpoint.route.metrics?.finished(status: answer.status, nanoseconds: guest.seat.age)
        guest.seat.answer(answer, adding: fields)
    }

    private func admitted(_ guest: SharedAnswers.Guest) -> HTTPFields? {
        guard let gate = endpoint.route.gate else { return [:] }
        return guest.ticket.flatMap { gate.admit($0, guest.call) }
    }
}
