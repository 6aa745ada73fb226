internal import Reactor

/// One attempt to connect: executes a `ConnectionPlan`. Loop only.
final class ConnectionAttempt {
    typealias Completion = (Result<PQHandle, PostgresError>) -> Void

    private let loop: EventLoop
    private let pool: BlockingPool
    private let configuration: PostgresConfiguration
    private let silent: SilentHosts
    private var plan: ConnectionPlan
    private var completion: Completion?
    private var candidate: CandidateAttempt?
    private var lookup: LookUp?
    private var timer: LoopTimer?

    /// - Parameter completion: called once, on the loop, never within `start`.
    init(
        _ configuration: PostgresConfiguration,
        silent: SilentHosts,
        loop: EventLoop,
        pool: BlockingPool,
        completion: @escaping Completion
    ) {
        self.configuration = configuration
        self.silent = silent
        self.loop = loop
        self.pool = pool
        self.completion = completion
        let now = MonotonicTime.now()
        plan = ConnectionPlan(
            configuration,
            order: silent.order(count: configuration.hosts.count, now: now),
            deadline: now.advanced(by: configuration.connectTimeout)
        )
    }

    /// Begins.
    func start() { step() }

    /// Gives up; `completion` hears of it.
    func cancel(_ error: PostgresError) { finish(.failure(error)) }

    private func step() {
        switch plan.next(now: MonotonicTime.now()) {
        case .failed(let error): finish(.failure(error))
        case .resolve(let host, let limit):
            let lookup = LookUp(host, pool: pool) { [self] outcome in resolved(outcome) }
            self.lookup = lookup
            let silence = PostgresError(
                .connection,
                "cannot connect to the database: no answer to the name \(host.name)"
            )
            timer = loop.schedule(at: limit) { [self] in stepFailed(silence, isSilent: true) }
            loop.workers.run(lookup)
        case .attempt(let candidate, let limit):
            let attempt = CandidateAttempt(configuration, candidate, loop: loop, pool: pool) { [self] outcome in
                tried(outcome)
            }
            self.candidate = attempt
            timer = loop.schedule(at: limit) { attempt.giveUp() }
            loop.workers.run(attempt)
        }
    }

    private func resolved(_ outcome: Result<[String], PostgresError>) {
        guard completion != nil, lookup != nil else { return }
        switch outcome {
        case .success(let addresses):
            endStep()
            plan.resolved(addresses)
            step()
        case .failure(let error): stepFailed(error, isSilent: false)
        }
    }

    private func tried(_ outcome: Result<PQHandle, CandidateAttempt.Failure>) {
        guard completion != nil else { return }
        switch outcome {
        case .success(let handle):
            if let host = plan.hostIndex { silent.answered(host) }
            finish(.success(handle))
        case .failure(let failure): stepFailed(failure.error, isSilent: failure.isSilent)
        }
    }

    private func stepFailed(_ error: PostgresError, isSilent: Bool) {
        if isSilent, let host = plan.hostIndex { silent.wasSilent(host, now: MonotonicTime.now()) }
        endStep()
        plan.failed(error, isSilent: isSilent)
        step()
    }

    private func endStep() {
        timer?.cancel()
        timer = nil
        lookup?.isWanted = false
        lookup = nil
        candidate = nil
    }

    private func finish(_ outcome: Result<PQHandle, PostgresError>) {
        guard let completion else { return }
        self.completion = nil
        let trying = candidate
        endStep()
        trying?.giveUp()
        completion(outcome)
    }
}

/// The look-up of one name, in the blocking pool. Loop only.
private final class LookUp: LoopJob {
    private let host: PostgresConfiguration.Host
    private let pool: BlockingPool
    private let completion: (Result<[String], PostgresError>) -> Void
    /// Whether anybody still waits for it.
    var isWanted = true

    init(
        _ host: PostgresConfiguration.Host,
        pool: BlockingPool,
        completion: @escaping (Result<[String], PostgresError>) -> Void
    ) {
        self.host = host
        self.pool = pool
        self.completion = completion
    }

    func run() async {
        let host = host
        let outcome: Result<[String], PostgresError>
        do {
            let addresses = try await pool.run { try Resolver.resolve(host: host.name, port: host.port) }
            let texts = addresses.compactMap { SocketAddress.split($0.description)?.host }
            outcome =
                texts.isEmpty
                ? .failure(PostgresError(.connection, "cannot connect to the database: \(host.name) has no address"))
                : .success(texts)
        } catch {
            outcome = .failure(PostgresError(.connection, "cannot connect to the database: \(error)"))
        }
        if isWanted { completion(outcome) }
    }
}
