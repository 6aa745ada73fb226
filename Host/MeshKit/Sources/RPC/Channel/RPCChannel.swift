internal import HTTP
internal import Observe
public import Reactor
internal import TLS

/// Calls to a service in other processes: connections to every address of a name, on each loop that makes calls, the
/// calls spread by power of two choices. A call stays on its caller's loop.
public final class RPCChannel: RPCTransport {
    /// Where it leads.
    public let target: RPCTarget
    let configuration: RPCChannelConfiguration
    let counts: [ChannelCounts]
    let budget: RetryBudget
    private let group: EventLoopGroup
    let shards: [ChannelShard]
    private let authority: String
    /// What a loop may have in flight without asking the others.
    private let ownCalls: Int

    /// A channel; nothing is connected before the first call.
    public init(
        _ target: RPCTarget,
        group: EventLoopGroup,
        configuration: RPCChannelConfiguration = RPCChannelConfiguration()
    ) {
        precondition(configuration.maximumCalls > 0, "a channel takes calls")
        self.target = target
        self.group = group
        self.configuration = configuration
        let counts = group.loops.map { _ in ChannelCounts() }
        let tallies = group.loops.map { _ in LoopTally() }
        self.counts = counts
        budget = RetryBudget(tallies, configuration.retries)
        ownCalls = configuration.maximumCalls / group.loops.count
        var lookup: NameLookup?
        if case .name(let host, let port) = target.place {
            lookup = NameLookup(host, port, group, configuration.resolve)
        }
        shards = group.loops.enumerated().map { [lookup] index, loop in
            ChannelShard(target, loop, lookup, configuration, counts[index], tallies[index])
        }
        authority = target.authority
        configuration.tls?.slot.whenReplaced { [weak self] in self?.renewConnections() }
    }

    /// Closes the connections; calls in flight fail with UNAVAILABLE. Any thread.
    public func close() {
        for shard in shards { shard.loop.execute { shard.close() } }
    }

    /// Makes new connections, for the next calls, in the place of all that there are: what they are made with has changed.
    /// Calls in flight end where they are. Any thread.
    func renewConnections() {
        for shard in shards { shard.loop.execute { shard.renew() } }
    }

    // MARK: Calls

    /// One request, one response.
    ///
    /// Tried again, as often as the rules say and never past the deadline: at once where no server saw it, and where the method
    /// is idempotent, the failure is UNAVAILABLE and the budget has something left, after a moment.
    public func unary(_ method: RPCMethod, _ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        guard let shard = currentShard else {
            return try await group.next().run { try await self.unary(method, message, context) }
        }
        count(shard)
        if configuration.isHedging, let policy = method.hedging {
            return try await hedged(method, policy, message, context, shard)
        }
        var plan = RetryPlan(configuration.retries)
        var earlier: RPCClientCall?
        var attempts = 0
        while true {
            let call = try await start(method, context, shard, after: earlier, attempts)
            do {
                return try await withTaskCancellationHandler {
                    if !call.sendPlain(message) { await call.sendCompressed(message) }
                    call.stream?.finish()
                    return try await Self.single(call)
                } onCancel: {
                    shard.loop.execute { call.abort(RPCError(.cancelled, "the call was cancelled")) }
                }
            } catch let error as RPCError {
                guard let delay = repetition(of: call, &plan, method, context, shard) else { throw error }
                if delay > .zero { try await shard.loop.sleep(for: delay) }
            }
            attempts += 1
            earlier = call
        }
    }

    /// Opens a stream for `body`, which may run again, from its beginning, where the method streams from the server alone
    /// and nothing has come. Where a client streams there is one attempt: what it has sent is not kept.
    public func open<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ body: (any RequestSink, any MessageSource) async throws -> Result
    ) async throws -> Result {
        // Off the loops the call lives on one of them, and each step hops there.
        let shard = currentShard ?? shards[group.spread().index]
        var plan = RetryPlan(configuration.retries)
        var earlier: RPCClientCall?
        var attempts = 0
        while true {
            let (before, made) = (earlier, attempts)
            let call =
                try await shard.loop.isCurrent
                ? begin(method, context, shard, after: before, made)
                : shard.loop.run { try await self.begin(method, context, shard, after: before, made) }
            defer {
                shard.loop.execute { call.abort(RPCError(.cancelled, "the caller is done with the call")) }
            }
            do {
                return try await withTaskCancellationHandler {
                    try await body(ClientSink(call: call), ClientSource(call: call))
                } onCancel: {
                    shard.loop.execute { call.abort(RPCError(.cancelled, "the call was cancelled")) }
                }
            } catch let error as RPCError where method.kind == .serverStreaming {
                let state = plan
                let (delay, next) = try await shard.loop.run {
                    var plan = state
                    return (self.repetition(of: call, &plan, method, context, shard), plan)
                }
                plan = next
                guard let delay else { throw error }
                if delay > .zero { try await shard.loop.run { try await shard.loop.sleep(for: delay) } }
            }
            attempts += 1
            earlier = call
        }
    }

    /// After what time an attempt that failed is followed by another; nil for never.
    func repetition(
        of call: RPCClientCall,
        _ plan: inout RetryPlan,
        _ method: RPCMethod,
        _ context: CallContext,
        _ shard: ChannelShard
    ) -> Duration? {
        guard !Task.isCancelled else { return nil }
        let step = plan.failed(
            call.failure,
            idempotent: method.idempotent,
            timeLeft: context.timeLeft,
            dice: shard.dice.unit()
        )
        switch step {
        case .fail: return nil
        case .repeatNow:
            shard.counts.transparent.add()
            return .zero
        case .repeatAfter(let delay):
            guard afford(shard) else { return nil }
            (call.failure == .unseen ? shard.counts.transparent : shard.counts.retries).add()
            return delay
        }
    }

    /// Takes one attempt from the budget.
    func afford(_ shard: ChannelShard) -> Bool {
        if budget.take(at: shard.loop.now) { return true }
        shard.counts.unaffordable.add()
        return false
    }

    private var currentShard: ChannelShard? {
        guard let loop = EventLoop.current, loop.index < shards.count else { return nil }
        return shards[loop.index].loop === loop ? shards[loop.index] : nil
    }

    private func count(_ shard: ChannelShard) {
        shard.counts.calls.add()
        shard.tally.add(at: shard.loop.now)
    }

    private func begin(
        _ method: RPCMethod,
        _ context: CallContext,
        _ shard: ChannelShard,
        after earlier: RPCClientCall?,
        _ attempts: Int
    ) async throws -> RPCClientCall {
        if attempts == 0 { count(shard) }
        return try await start(method, context, shard, after: earlier, attempts)
    }

    /// Starts an attempt, at another endpoint than the one before where there is one.
    func start(
        _ method: RPCMethod,
        _ context: CallContext,
        _ shard: ChannelShard,
        after earlier: RPCClientCall? = nil,
        _ attempts: Int = 0
    ) async throws -> RPCClientCall {
        if let deadline = context.deadline, deadline <= MonotonicTime.now() { throw RPCError.deadlineExceeded }
        try admit(shard)
        var connection: RPCClientConnection
        do {
            let avoided = earlier?.connection.endpoint
            connection = try await self.connection(avoiding: avoided, shard, context)
            // It may have gone away before this task had its turn; from here on nothing comes between.
            while connection.http.isGoingAway {
                shard.abandoned(connection)
                connection = try await self.connection(avoiding: avoided, shard, context)
            }
        } catch {
            shard.counts.inFlight.add(-1)
            throw error
        }
        return try call(method, context, shard, connection, attempts)
    }

    private func connection(
        avoiding avoided: Balancer.ID?,
        _ shard: ChannelShard,
        _ context: CallContext
    ) async throws -> RPCClientConnection {
        if let ready = shard.pick(avoiding: avoided) { return ready }
        return try await shard.acquire(
            avoiding: avoided,
            isPatient: context.waitsForReady,
            until: context.deadline
        )
    }

    /// An attempt on a connection that was picked for it.
    func call(
        _ method: RPCMethod,
        _ context: CallContext,
        _ shard: ChannelShard,
        _ connection: RPCClientConnection,
        _ attempts: Int
    ) throws -> RPCClientCall {
        try RPCClientCall(
            method,
            context,
            connection,
            shard,
            authority: authority,
            limit: configuration.maximumMessage,
            compression: configuration.compression,
            earlierAttempts: attempts,
            metrics: configuration.metrics
        )
    }

    /// The breaker: refuses a call to a target that has too many.
    func admit(_ shard: ChannelShard) throws {
        shard.counts.inFlight.add()
        guard shard.counts.inFlight.value > ownCalls else { return }
        guard counts.reduce(0, { $0 + $1.inFlight.value }) > configuration.maximumCalls else { return }
        shard.counts.inFlight.add(-1)
        shard.counts.broken.add()
        throw RPCError(
            .unavailable,
            "\(target) has too many calls to answer at the moment",
            reason: "unavailable",
            retryAfter: .seconds(1)
        )
    }

    static func single(_ call: RPCClientCall) async throws -> [UInt8] {
        do {
            guard let message = try await call.queue.next() else {
                throw RPCError(.unimplemented, "the server answered OK without a message")
            }
            // The status decides, and comes behind the message.
            guard try await call.queue.next() == nil else {
                throw RPCError(.unimplemented, "the server answered with more than one message")
            }
            return message
        } catch let error as RPCError {
            // Without effect where it is the call that has failed, and not what came of it.
            call.abort(error)
            throw error
        }
    }
}

/// The sending end of a client's stream.
private struct ClientSink: RequestSink {
    let call: RPCClientCall

    func send(_ message: [UInt8]) async throws {
        try await send(message, .automatic)
    }

    func send(_ message: [UInt8], _ compression: MessageCompression) async throws {
        guard call.loop.isCurrent else {
            return try await call.loop.run { try await self.sendOnLoop(message, compression) }
        }
        try await sendOnLoop(message, compression)
    }

    func finish() async throws {
        if call.loop.isCurrent { call.stream?.finish() } else { try await call.loop.run { call.stream?.finish() } }
    }

    private func sendOnLoop(_ message: [UInt8], _ compression: MessageCompression) async throws {
        while call.outcome == nil, let stream = call.stream, !stream.isWritable {
            try Task.checkCancellation()
            await call.room.wait()
        }
        switch call.outcome {
        case nil: if !call.sendPlain(message, compression) { await call.sendCompressed(message) }
        case .success: throw CallEnded()
        case .failure(let error): throw error
        }
    }
}

/// The receiving end of a client's stream.
private struct ClientSource: MessageSource {
    let call: RPCClientCall

    func next() async throws -> [UInt8]? {
        try await call.queue.next()
    }
}
