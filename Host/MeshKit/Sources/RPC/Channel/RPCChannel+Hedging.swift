internal import HTTP
internal import Observe
internal import Reactor

extension RPCChannel {
    /// A unary call that is made again while it is late. The first good answer is taken, the other attempts are cancelled.
    func hedged(
        _ method: RPCMethod,
        _ policy: HedgingPolicy,
        _ message: [UInt8],
        _ context: CallContext,
        _ shard: ChannelShard
    ) async throws -> [UInt8] {
        var plan = HedgePlan(policy)
        var retry = RetryPlan(configuration.retries)
        let race = HedgeRace(shard.loop)
        defer { race.end() }
        race.add(try await start(method, context, shard), message, &plan)
        return try await withTaskCancellationHandler {
            while true {
                let step: HedgePlan.Step
                var failed: (call: RPCClientCall, error: RPCError)?
                switch await race.next() {
                case .late: step = plan.late()
                case .ended(let call):
                    do {
                        let answer = try await Self.single(call)
                        if !race.isFirst(call) { shard.counts.hedgesWon.add() }
                        return answer
                    } catch let error as RPCError {
                        failed = (call, error)
                        step = Task.isCancelled ? .fail : plan.failed(call.failure)
                    }
                }
                switch step {
                case .wait: break
                case .fail: throw failed?.error ?? .deadlineExceeded
                case .attempt:
                    if let call = try hedge(method, context, shard, race) {
                        race.add(call, message, &plan)
                    } else if let failed, !plan.isUnderWay {
                        // Nobody else is there: as any call that failed, after a moment.
                        guard let delay = repetition(of: failed.call, &retry, method, context, shard) else {
                            throw failed.error
                        }
                        if delay > .zero { try await shard.loop.sleep(for: delay) }
                        let call = try await start(method, context, shard, after: failed.call, race.count)
                        race.add(call, message, &plan)
                    } else {
                        plan.stop()
                    }
                }
            }
        } onCancel: {
            shard.loop.execute { race.cancel() }
        }
    }

    /// Another attempt, if there are budget for it and an endpoint that has none of them yet and is ready: it is for calls
    /// that are late, which nothing is gained for by waiting.
    private func hedge(
        _ method: RPCMethod,
        _ context: CallContext,
        _ shard: ChannelShard,
        _ race: HedgeRace
    ) throws -> RPCClientCall? {
        guard !context.isExpired, let connection = shard.pick(avoiding: race.lastEndpoint) else { return nil }
        shard.counts.inFlight.add()
        guard !race.uses(connection.endpoint), afford(shard) else {
            shard.finished(connection, .nothing, nanoseconds: nil)
            return nil
        }
        shard.counts.hedges.add()
        return try call(method, context, shard, connection, race.count)
    }
}

/// The attempts of one hedged call, and whoever waits for the next thing to happen to them. Loop only.
// Safe: touched on `loop` alone; cancellation goes through it.
private final class HedgeRace: @unchecked Sendable {
    enum Event {
        case late
        case ended(RPCClientCall)
    }

    private let loop: EventLoop
    private var calls: [RPCClientCall] = []
    private var events = Ring<Event>()
    private var waiter: UnsafeContinuation<Void, Never>?
    private var timer: LoopTimer?

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    var count: Int { calls.count }
    var lastEndpoint: Balancer.ID? { calls.last?.connection.endpoint }

    func uses(_ endpoint: Balancer.ID) -> Bool { calls.contains { $0.connection.endpoint == endpoint } }
    func isFirst(_ call: RPCClientCall) -> Bool { calls.first === call }

    /// Sends the request of an attempt that has begun.
    func add(_ call: RPCClientCall, _ message: [UInt8], _ plan: inout HedgePlan) {
        plan.began()
        calls.append(call)
        call.ended = { [unowned self, unowned call] in happened(.ended(call)) }
        call.write(MessageDeframer.frame(message))
        call.stream?.finish()
        timer?.cancel()
        timer = plan.mayMakeMore ? loop.schedule(after: plan.policy.delay) { self.happened(.late) } : nil
    }

    /// The next thing that happens.
    func next() async -> Event {
        while true {
            if let event = events.popFirst() { return event }
            await withUnsafeContinuation { waiter = $0 }
        }
    }

    func cancel() {
        for call in calls { call.abort(RPCError(.cancelled, "the call was cancelled")) }
    }

    /// The call has its answer: whatever is still under way is not needed.
    func end() {
        timer?.cancel()
        timer = nil
        for call in calls {
            call.ended = nil
            call.abort(RPCError(.cancelled, "another attempt has answered"))
        }
    }

    private func happened(_ event: Event) {
        events.append(event)
        waiter?.resume()
        waiter = nil
    }
}
