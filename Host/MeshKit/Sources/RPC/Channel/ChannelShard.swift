internal import HTTP
internal import Reactor

/// The part of a channel that lives on one loop: its connections, who waits for one, and the balancer's executor.
// Safe: touched on `loop` alone.
final class ChannelShard: @unchecked Sendable {
    let loop: EventLoop
    private let target: RPCTarget
    private let group: EventLoopGroup
    private let configuration: RPCChannelConfiguration
    private var balancer = Balancer()
    /// What calls may be made again.
    var retries = RetryBudget()
    private var connections: [SocketAddress: RPCClientConnection] = [:]
    private var waiting: [UnsafeContinuation<Void, Never>] = []
    private var wakeUp: MonotonicTime?
    private var hasStarted = false
    private var isResolving = false
    private var lastFailure: String?
    private var isClosed = false
    private var leaving: [ObjectIdentifier: RPCClientConnection] = [:]

    init(_ target: RPCTarget, _ loop: EventLoop, _ group: EventLoopGroup, _ configuration: RPCChannelConfiguration) {
        self.target = target
        self.loop = loop
        self.group = group
        self.configuration = configuration
    }

    // MARK: For calls

    /// A connection for one call. Waits while the first attempts are under way.
    ///
    /// - Throws: UNAVAILABLE with the reason, `CancellationError`.
    func acquire() async throws -> RPCClientConnection {
        start()
        let begun = MonotonicTime.now()
        while true {
            if let connection = pick() { return connection }
            if isClosed { throw RPCError(.unavailable, "the channel is closed") }
            let now = MonotonicTime.now()
            execute(balancer.wanted(now: now))
            if !balancer.isHopeful(now), !(isResolving && balancer.addresses.isEmpty && lastFailure == nil) {
                guard let next = balancer.nextAttempt(since: begun) else {
                    throw RPCError(.unavailable, "\(target) cannot be reached: \(lastFailure ?? "no address")")
                }
                wake(at: next)
            }
            try Task.checkCancellation()
            await withTaskCancellationHandler {
                await withUnsafeContinuation { waiting.append($0) }
            } onCancel: {
                loop.execute { self.wake() }
            }
            try Task.checkCancellation()
        }
    }

    /// A connection that is ready, if there is one: the way without waiting.
    func pick() -> RPCClientConnection? {
        while let address = balancer.pick(dice: { Int.random(in: 0..<$0) }) {
            if let connection = connections[address], !connection.http.isGoingAway { return connection }
            execute(balancer.goingAway(address, now: .now()))
        }
        return nil
    }

    func finished(_ connection: RPCClientConnection, nanoseconds: UInt64?) {
        balancer.finished(connection.address, nanoseconds: nanoseconds)
    }

    func close() {
        isClosed = true
        for connection in Array(connections.values) + Array(leaving.values) { connection.http.close() }
        wake()
    }

    /// Makes new connections in the place of all that there are; calls in flight end where they are.
    func renew() {
        for connection in Array(connections.values) {
            let isIdle = connection.http.streamCount == 0
            goingAway(connection)
            if isIdle { connection.http.close() } else { closeWhenIdle(connection) }
        }
    }

    /// The peer does not know that the connection gets no more calls, so it is for us to close it.
    private func closeWhenIdle(_ connection: RPCClientConnection) {
        loop.schedule(after: .seconds(1)) { [weak self, weak connection] in
            guard let self, let connection, leaving[ObjectIdentifier(connection)] != nil else { return }
            if connection.http.streamCount == 0 { connection.http.close() } else { closeWhenIdle(connection) }
        }
    }

    // MARK: From connections

    func connected(_ connection: RPCClientConnection) {
        guard connections[connection.address] === connection else { return }
        lastFailure = nil
        balancer.connected(connection.address)
        wake()
    }

    func goingAway(_ connection: RPCClientConnection) {
        guard connections[connection.address] === connection else { return }
        // Calls in flight go on there.
        leaving[ObjectIdentifier(connection)] = connection
        connections[connection.address] = nil
        execute(balancer.goingAway(connection.address, now: .now()))
        resolve()
    }

    func lost(_ connection: RPCClientConnection, _ reason: String) {
        if leaving.removeValue(forKey: ObjectIdentifier(connection)) != nil { return }
        guard connections[connection.address] === connection else { return }
        connections[connection.address] = nil
        lastFailure = reason
        guard !isClosed else { return }
        execute(balancer.failed(connection.address, now: .now(), dice: Double.random(in: 0...1)))
        wake()
    }

    // MARK: Private

    private func start() {
        guard !hasStarted else { return }
        hasStarted = true
        switch target.place {
        case .addresses(let addresses): execute(balancer.resolved(addresses, now: .now()))
        case .name:
            resolve()
            scheduleResolution()
        }
    }

    private func scheduleResolution() {
        // ±10 %, so that the pods of a deployment do not ask in step.
        let period = configuration.resolutionPeriod * Double.random(in: 0.9...1.1)
        loop.schedule(after: period) { [weak self] in
            guard let self, !isClosed else { return }
            resolve()
            scheduleResolution()
        }
    }

    private func resolve() {
        guard case .name(let host, let port) = target.place, !isResolving, !isClosed else { return }
        isResolving = true
        LoopWorkers.of(loop).run(Resolution(host: host, port: port, shard: self, pool: group.blocking))
    }

    fileprivate func resolved(_ result: Result<[SocketAddress], any Error>) {
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

    private func execute(_ actions: [Balancer.Action]) {
        for action in actions {
            switch action {
            case .connect(let address): connect(address)
            case .close(let address):
                // Gone from the name, not from the world: calls in flight may end there.
                guard let connection = connections.removeValue(forKey: address) else { continue }
                if connection.http.streamCount == 0 {
                    connection.http.close()
                } else {
                    leaving[ObjectIdentifier(connection)] = connection
                    loop.schedule(after: .seconds(60)) { [weak connection] in connection?.http.close() }
                }
            case .retry(let address, let time):
                loop.schedule(at: time) { [weak self] in
                    guard let self, !isClosed else { return }
                    execute(balancer.retryDue(address, now: .now()))
                }
            }
        }
    }

    private func connect(_ address: SocketAddress) {
        do {
            let connection = try RPCClientConnection(address, self, configuration.http2, tls: configuration.tls)
            connections[address] = connection
            connection.start()
            // Whoever waits for an endpoint that failed before looks again, and may give up.
            loop.schedule(after: Balancer.patience) { [weak self] in self?.wake() }
            loop.schedule(after: configuration.connectTimeout) { [weak self, weak connection] in
                guard let self, let connection, connections[address] === connection else { return }
                if balancer.state(address) == .connecting { connection.http.close() }
            }
        } catch {
            lastFailure = "\(error)"
            execute(balancer.failed(address, now: .now(), dice: Double.random(in: 0...1)))
            wake()
        }
    }

    /// Wakes whoever waits at that moment, if that is not to be done earlier anyway.
    private func wake(at time: MonotonicTime) {
        if let wakeUp, wakeUp <= time { return }
        wakeUp = time
        loop.schedule(at: time) { [weak self] in
            guard let self, wakeUp == time else { return }
            wakeUp = nil
            wake()
        }
    }

    private func wake() {
        let woken = waiting
        waiting = []
        for call in woken { call.resume() }
    }
}

/// One look-up of a name, in the pool.
private final class Resolution: LoopJob {
    private let host: String
    private let port: UInt16
    private let shard: ChannelShard
    private let pool: BlockingPool

    init(host: String, port: UInt16, shard: ChannelShard, pool: BlockingPool) {
        self.host = host
        self.port = port
        self.shard = shard
        self.pool = pool
    }

    func run() async {
        let (host, port) = (host, port)
        do {
            let addresses = try await pool.run { try Resolver.resolve(host: host, port: port) }
            shard.resolved(.success(addresses))
        } catch {
            shard.resolved(.failure(error))
        }
    }
}
