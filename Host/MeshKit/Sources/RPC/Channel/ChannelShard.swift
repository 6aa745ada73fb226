internal import HTTP
internal import Observe
internal import Reactor

/// The part of a channel that lives on one loop: its connections, who waits for one, and the balancer's executor.
// Safe: touched on `loop` alone.
final class ChannelShard: @unchecked Sendable {
    let loop: EventLoop
    let counts: ChannelCounts
    let tally: LoopTally
    var dice: SplitMix64
    let target: RPCTarget
    let lookup: NameLookup?
    let configuration: RPCChannelConfiguration
    var balancer: Balancer
    /// By the place of their endpoint.
    var links: [EndpointLink?] = []
    /// Who waits for a connection, in turn; some of them may have given up.
    private var waiting = Ring<ConnectionWaiter>()
    private(set) var waitingCalls = 0
    var hasStarted = false
    var isResolving = false
    var lastFailure: String?
    var isClosed = false
    /// Connections that take no more calls and have some.
    var leaving: [ObjectIdentifier: RPCClientConnection] = [:]
    private var wakeUp: MonotonicTime?

    init(
        _ target: RPCTarget,
        _ loop: EventLoop,
        _ lookup: NameLookup?,
        _ configuration: RPCChannelConfiguration,
        _ counts: ChannelCounts,
        _ tally: LoopTally
    ) {
        self.target = target
        self.loop = loop
        self.lookup = lookup
        self.configuration = configuration
        self.counts = counts
        self.tally = tally
        dice = SplitMix64(seed: .random(in: 0 ... .max))
        balancer = Balancer(rules: configuration.outliers, limits: configuration.limits)
    }

    /// Those that take calls, that are being made, and on which calls end.
    var connections: [RPCClientConnection] {
        links.flatMap { ($0?.ready ?? []) + ($0?.pending.map { [$0] } ?? []) } + leaving.values
    }

    // MARK: For calls

    /// A connection that is ready, if there is one and nobody waits for it: the way without waiting.
    func pick(avoiding avoided: Balancer.ID? = nil) -> RPCClientConnection? {
        waitingCalls == 0 ? take(avoiding: avoided) : nil
    }

    /// A connection for one call. Waits while the first attempts are under way, and while all connections are full.
    ///
    /// - Parameters:
    ///   - isPatient: waits also while nobody can be reached.
    ///   - deadline: does not wait longer; nil for ever.
    /// - Throws: UNAVAILABLE with the reason, DEADLINE_EXCEEDED, `CancellationError`.
    func acquire(
        avoiding avoided: Balancer.ID?,
        isPatient: Bool,
        until deadline: MonotonicTime?
    ) async throws -> RPCClientConnection {
        start()
        let begun = MonotonicTime.now()
        while true {
            if let connection = take(avoiding: avoided) { return connection }
            if isClosed { throw RPCError(.unavailable, "the channel is closed") }
            let now = MonotonicTime.now()
            if let deadline, deadline <= now { throw RPCError.deadlineExceeded }
            if balancer.isReady {
                execute(balancer.crowded(now: now))
            } else if !isPatient || balancer.nextAttempt(since: begun) != nil {
                execute(balancer.wanted(now: now))
                if !isPatient { try hope(begun, now) }
            }
            try Task.checkCancellation()
            await wait(until: deadline)
            if Task.isCancelled {
                // What it was woken for is somebody else's.
                wakeOne()
                throw CancellationError()
            }
        }
    }

    /// A call has ended that `pick` or `acquire` had given this connection for.
    func finished(_ connection: RPCClientConnection, _ verdict: CallVerdict, nanoseconds: UInt64?) {
        counts.inFlight.add(-1)
        let before = balancer.ejections
        balancer.finished(connection.endpoint, verdict, nanoseconds: nanoseconds, now: loop.now)
        if balancer.ejections != before { countEjections() }
        // One more has room; all look again when a connection comes.
        if waitingCalls > 0 { wakeOne() }
    }

    /// A connection that was given for a call is of no use to it any more.
    func abandoned(_ connection: RPCClientConnection) {
        balancer.finished(connection.endpoint, .nothing, nanoseconds: nil, now: loop.now)
    }

    func close() {
        isClosed = true
        for connection in connections { connection.http.close() }
        wake()
    }

    // MARK: Private

    private func take(avoiding avoided: Balancer.ID?) -> RPCClientConnection? {
        while case .endpoint(let id) = balancer.pick(now: loop.now, avoiding: avoided, using: &dice) {
            if let connection = links[id.slot]?.connection {
                if !connection.hasRoom { resize(id) }
                return connection
            }
            balancer.finished(id, .nothing, nanoseconds: nil, now: loop.now)
            execute(balancer.goingAway(id, now: loop.now))
        }
        return nil
    }

    /// Throws unless there is something to wait for.
    private func hope(_ begun: MonotonicTime, _ now: MonotonicTime) throws {
        guard !balancer.isHopeful(now), !(isResolving && balancer.addresses.isEmpty && lastFailure == nil) else {
            return
        }
        guard let next = balancer.nextAttempt(since: begun) else {
            throw RPCError(.unavailable, "\(target) cannot be reached: \(lastFailure ?? "no address")")
        }
        wake(at: next)
    }

    func countEjections() {
        counts.ejections.set(balancer.ejections)
        counts.ejected.set(balancer.endpoints.count { $0.health.isEjected })
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

    func wake() {
        // Only those who wait now: a woken call may wait again.
        for _ in 0..<waiting.count { waiting.popFirst()?.wake() }
    }

    private func wakeOne() {
        while let next = waiting.popFirst() {
            if next.wake() { return }
        }
    }

    private func wait(until deadline: MonotonicTime?) async {
        let waiter = ConnectionWaiter()
        waiting.append(waiter)
        waitingCalls += 1
        let timer = deadline.map { loop.schedule(at: $0) { waiter.wake() } }
        await withTaskCancellationHandler {
            await waiter.wait()
        } onCancel: {
            loop.execute { waiter.wake() }
        }
        timer?.cancel()
        waitingCalls -= 1
    }
}
