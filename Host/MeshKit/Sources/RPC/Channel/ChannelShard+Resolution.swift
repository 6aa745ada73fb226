internal import Reactor

/// What happens at intervals: the name is looked up, the endpoints are compared.
extension ChannelShard {
    /// Two look-ups that connections ask for have so much time between them.
    private static let shortestGap = Duration.milliseconds(500)

    /// Begins, with the first call.
    func start() {
        guard !hasStarted else { return }
        hasStarted = true
        scheduleSweep()
        switch target.place {
        case .addresses(let addresses): execute(balancer.resolved(addresses, now: .now()))
        case .name:
            resolve()
            scheduleResolution()
        }
    }

    /// Looks the name up, at once or after a while: of many connections that go away the first one brings the news.
    func resolve() {
        guard case .name(let host, let port) = target.place, !isResolving, !isClosed else { return }
        isResolving = true
        let earliest = resolved.advanced(by: Self.shortestGap)
        loop.schedule(at: earliest) { [weak self] in
            guard let self else { return }
            LoopWorkers.of(loop).run(Resolution(host: host, port: port, shard: self))
        }
    }

    private func scheduleResolution() {
        // ±10 %, so that the pods of a deployment do not ask in step.
        let period = configuration.resolutionPeriod * (0.9 + 0.2 * dice.unit())
        loop.schedule(after: period) { [weak self] in
            guard let self, !isClosed else { return }
            resolve()
            scheduleResolution()
        }
    }

    private func scheduleSweep() {
        loop.schedule(after: configuration.outliers.sweep) { [weak self] in
            guard let self, !isClosed else { return }
            balancer.sweep(now: loop.now)
            countEjections()
            closeIdle(now: loop.now)
            scheduleSweep()
        }
    }

    fileprivate func resolved(_ result: Result<[SocketAddress], any Error>) {
        isResolving = false
        resolved = .now()
        guard !isClosed else { return }
        switch result {
        case .success(let addresses):
            execute(balancer.resolved(addresses, now: .now()))
        case .failure(let error):
            // What was known stays: a resolver that fails must not take a service down.
            lastFailure = "\(error)"
            if balancer.addresses.isEmpty {
                loop.schedule(after: Balancer.firstDelay) { [weak self] in self?.resolve() }
            }
        }
        wake()
    }
}

/// One look-up of a name, in the pool.
private final class Resolution: LoopJob {
    private let host: String
    private let port: UInt16
    private let shard: ChannelShard

    init(host: String, port: UInt16, shard: ChannelShard) {
        self.host = host
        self.port = port
        self.shard = shard
    }

    func run() async {
        let (host, port, resolve) = (host, port, shard.configuration.resolve)
        do {
            let addresses = try await shard.group.blocking.run { try resolve(host, port) }
            shard.resolved(.success(addresses))
        } catch {
            shard.resolved(.failure(error))
        }
    }
}
