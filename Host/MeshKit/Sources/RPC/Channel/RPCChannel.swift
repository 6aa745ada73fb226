internal import HTTP
public import Reactor
internal import TLS

/// Calls to a service in other processes: connections to every address of a name, on each loop that makes calls, the
/// calls spread by power of two choices. A call stays on its caller's loop.
public final class RPCChannel: RPCTransport {
    /// Where it leads.
    public let target: RPCTarget
    private let configuration: RPCChannelConfiguration
    private let group: EventLoopGroup
    private let shards: [ChannelShard]
    private let authority: String

    /// A channel; nothing is connected before the first call.
    public init(
        _ target: RPCTarget,
        group: EventLoopGroup,
        configuration: RPCChannelConfiguration = RPCChannelConfiguration()
    ) {
        self.target = target
        self.group = group
        self.configuration = configuration
        shards = group.loops.map { ChannelShard(target, $0, group, configuration) }
        authority = target.authority
        configuration.tls?.slot.whenReplaced { [weak self] in self?.renewConnections() }
    }

    /// Closes the connections; calls in flight fail with UNAVAILABLE. Any thread.
    public func close() {
        for shard in shards { shard.loop.execute { shard.close() } }
    }

    /// Certificates have changed: the next calls are made on new connections. Any thread.
    private func renewConnections() {
        for shard in shards { shard.loop.execute { shard.renew() } }
    }

    /// One request, one response.
    public func unary(_ method: RPCMethod, _ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        guard let shard = currentShard else {
            return try await group.next().run { try await self.unary(method, message, context) }
        }
        shard.retries.called()
        var attempts = 0
        while true {
            attempts += 1
            let call = try await start(method, context, shard)
            do {
                return try await withTaskCancellationHandler {
                    await call.write(message)
                    call.stream?.finish()
                    return try await Self.single(call)
                } onCancel: {
                    shard.loop.execute { call.abort(RPCError(.cancelled, "the call was cancelled")) }
                }
            } catch let error as RPCError {
                guard mayRepeat(call, method, attempts, shard) else { throw error }
            }
        }
    }

    /// Whether a call that failed may be made again: one that no server saw without asking (transparent retry, gRFC A6),
    /// one whose connection was lost if it is idempotent and there is budget. What a server has answered stays: another
    /// replica knows no better.
    private func mayRepeat(_ call: RPCClientCall, _ method: RPCMethod, _ attempts: Int, _ shard: ChannelShard) -> Bool {
        guard attempts < Self.mostAttempts, !Task.isCancelled else { return false }
        return call.wasRefused || call.wasLost && method.idempotent && shard.retries.take()
    }

    private static let mostAttempts = 3

    /// Opens a stream for `body`, which may run again, from its beginning, where the method streams from the server alone
    /// and nothing has come.
    public func open<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ body: (any RequestSink, any MessageSource) async throws -> Result
    ) async throws -> Result {
        // Off the loops the call lives on one of them, and each step hops there.
        let shard = currentShard ?? shards[group.spread().index]
        var attempts = 0
        while true {
            attempts += 1
            let call =
                try await shard.loop.isCurrent
                ? start(method, context, shard)
                : shard.loop.run { try await self.start(method, context, shard) }
            defer {
                shard.loop.execute { call.abort(RPCError(.cancelled, "the caller is done with the call")) }
            }
            do {
                return try await withTaskCancellationHandler {
                    try await body(ClientSink(call: call), ClientSource(call: call))
                } onCancel: {
                    shard.loop.execute { call.abort(RPCError(.cancelled, "the call was cancelled")) }
                }
            } catch let error as RPCError where error.code == .unavailable && method.kind == .serverStreaming {
                let tried = attempts
                let again = try await shard.loop.run { self.mayRepeat(call, method, tried, shard) }
                guard again else { throw error }
            }
        }
    }

    private var currentShard: ChannelShard? {
        guard let loop = EventLoop.current, loop.index < shards.count else { return nil }
        return shards[loop.index].loop === loop ? shards[loop.index] : nil
    }

    private func start(_ method: RPCMethod, _ context: CallContext, _ shard: ChannelShard) async throws -> RPCClientCall
    {
        if let deadline = context.deadline, deadline <= MonotonicTime.now() { throw RPCError.deadlineExceeded }
        let connection = try await acquire(shard, context)
        return try RPCClientCall(
            method,
            context,
            connection,
            shard,
            authority: authority,
            limit: configuration.maximumMessage,
            compression: configuration.compression
        )
    }

    private func acquire(_ shard: ChannelShard, _ context: CallContext) async throws -> RPCClientConnection {
        if let ready = shard.pick() { return ready }
        guard let deadline = context.deadline else { return try await shard.acquire() }
        return try await withThrowingTaskGroup(of: RPCClientConnection?.self) { tasks in
            tasks.addTask { try await shard.acquire() }
            tasks.addTask {
                try await shard.loop.sleep(until: deadline)
                return nil
            }
            defer { tasks.cancelAll() }
            guard let connection = try await tasks.next() ?? nil else { throw RPCError.deadlineExceeded }
            return connection
        }
    }

    private static func single(_ call: RPCClientCall) async throws -> [UInt8] {
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
        case nil: await call.write(message, compression)
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
