internal import Reactor

/// What happens at intervals: the name is looked up, the endpoints are compared.
extension ChannelShard {
    /// Begins, with the first call.
    func start() {
        guard !hasStarted else { return }
        hasStarted = true
        scheduleSweep()
        switch target.place {
        case .addresses(let addresses): execute(balancer.resolved(addresses, now: .now()))
        case .name:
            if let known = lookup?.join(self) { execute(balancer.resolved(known, now: .now())) }
            if balancer.addresses.isEmpty || isLookupDue { resolve() }
            scheduleResolution()
        }
    }

    func resolve() {
        guard let lookup, !isResolving, !isClosed else { return }
        isResolving = true
        lookup.ask(loop)
    }

    /// The name was looked up, for this loop or another.
    func resolved(_ result: Result<[SocketAddress], any Error>) {
        isResolving = false
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

    /// Another loop may have asked.
    private var isLookupDue: Bool { lookup?.isOlder(than: configuration.resolutionPeriod * 0.8) == true }

    private func scheduleResolution() {
        // ±10 %, so that the pods of a deployment do not ask in step.
        let period = configuration.resolutionPeriod * (0.9 + 0.2 * dice.unit())
        loop.schedule(after: period) { [weak self] in
            guard let self, !isClosed else { return }
            if isLookupDue { resolve() }
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
}
