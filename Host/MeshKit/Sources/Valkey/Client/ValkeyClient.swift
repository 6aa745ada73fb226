public import Observe
public import Reactor

/// A client of Valkey or Redis (RESP2): on each loop one connection that all commands of that loop share, those of one
/// turn in one write. A call stays on its caller's loop; one from elsewhere is moved to a loop.
///
/// While no server can be reached, commands wait until their deadline, and the client looks for one with growing
/// pauses. A command that never left is sent again without a word; one that did ends with an error that says so
/// (`ValkeyError.mayHaveExecuted`). Nothing is connected before the first command.
///
/// ```swift
/// let client = ValkeyClient(ValkeyConfiguration(.one(endpoint), password: password), group: group)
/// try await client.set("session:1", bytes, expiry: .after(.seconds(3600)), deadline: context.deadline)
/// let value = try await client.get("session:1", as: String.self)
/// ```
public final class ValkeyClient: Sendable {
    /// How it works.
    public let configuration: ValkeyConfiguration
    let group: EventLoopGroup
    private let shards: [ValkeyShard]
    private let changes = ConnectionChanges()

    /// A client on the loops of `group`, shown in `metrics` under its configuration's name: see `ValkeyMetrics`.
    public init(_ configuration: ValkeyConfiguration, group: EventLoopGroup, metrics: MetricRegistry? = nil) {
        precondition(configuration.connectionsPerLoop > 0, "a loop has at least one connection")
        precondition(configuration.maximumInFlight > 0, "a connection takes at least one command")
        self.configuration = configuration
        self.group = group
        shards = group.loops.map { [changes] in ValkeyShard($0, group, configuration, changes) }
        if let metrics { ValkeyMetrics.register(shards.map(\.counts), client: configuration.name, in: metrics) }
    }

    deinit { close() }

    /// How often a connection was found, lost or given up so far. As long as it stays the same, the servers that answer
    /// are those that answered before: what was learnt from outside of the store goes with what the store says now.
    /// Read after a reply, it counts every change before that reply. Any thread.
    public var connectionChanges: Int { changes.count }

    /// Closes the connections; commands under way and later ones end with `closed` or `connection`. Any thread.
    public func close() {
        for shard in shards { shard.loop.execute { shard.close() } }
    }

    /// Sends one command and gives its reply. The typed functions are made of this one. It must be a command that goes
    /// with a shared connection: `command(_:_:deadline:)` names those that do not.
    ///
    /// - Parameter deadline: until when the reply is wanted; nil for `ValkeyConfiguration.timeout` from now.
    /// - Throws: `ValkeyError`; also when the server refuses the command, and with code `unsupported` for those.
    public func execute(
        _ command: ValkeyCommand,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> ValkeyReply {
        guard let shard = currentShard else {
            return try await group.next().runTyped { () async throws(ValkeyError) in
                try await self.execute(command, deadline: deadline)
            }
        }
        try Self.checkShared(command)
        guard command.wireBytes <= configuration.maximumCommand else { throw commandTooLarge }
        let deadline = deadline ?? shard.loop.now.advanced(by: configuration.timeout)
        while true {
            let reply = try await Self.perform(ValkeyCall(command, deadline: deadline), shard).get()
            guard case .error(let text) = reply else { return reply }
            let error = ValkeyError(server: text)
            // A server that is not the one to ask did nothing; the shard looks for the right one meanwhile.
            // Not so for scripts, which may say such a word themselves, after having written.
            guard error.code.asksForAnotherServer, configuration.servers.mayChange, !command.isScript else {
                throw error
            }
        }
    }

    /// Sends commands in one piece, so that those of nobody else on this connection come between, and gives their
    /// replies in order; a refusal is a reply here. Not a transaction: see `transaction`.
    ///
    /// - Throws: `ValkeyError` when there are no replies, and with code `unsupported`, before any is sent, when one of the
    ///   commands does not go with a shared connection.
    public func pipeline(
        _ commands: [ValkeyCommand],
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [ValkeyReply] {
        for command in commands { try Self.checkShared(command) }
        return try await send(commands, deadline: deadline)
    }

    /// Refuses a command that others on the connection would notice.
    static func checkShared(_ command: ValkeyCommand) throws(ValkeyError) {
        guard command.isHarmfulToShare else { return }
        throw ValkeyError(.unsupported, "\(command.name) does not go with a shared connection")
    }

    /// A pipeline whose commands have been looked at.
    func send(_ commands: [ValkeyCommand], deadline: MonotonicTime?) async throws(ValkeyError) -> [ValkeyReply] {
        guard let first = commands.first else { return [] }
        guard let shard = currentShard else {
            return try await group.next().runTyped { () async throws(ValkeyError) in
                try await self.send(commands, deadline: deadline)
            }
        }
        let deadline = deadline ?? shard.loop.now.advanced(by: configuration.timeout)
        let call = ValkeyCall(first, then: commands.dropFirst(), deadline: deadline)
        guard call.wireBytes <= configuration.maximumCommand else { throw commandTooLarge }
        let reply = try await Self.perform(call, shard).get()
        if case .array(let replies) = reply, commands.count > 1 { return replies }
        return [reply]
    }

    private static func perform(_ call: ValkeyCall, _ shard: ValkeyShard) async -> ValkeyCall.Outcome {
        if Task.isCancelled { return .failure(ValkeyError(.cancelled, "the task was cancelled")) }
        if call.deadline <= shard.loop.now, call.deadline <= MonotonicTime.now() {
            return .failure(ValkeyError(.timeout, "the deadline had passed before the command was sent"))
        }
        let span = StoreSpan.begin()
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                call.begin(continuation)
                shard.submit(call)
            }
        } onCancel: {
            shard.loop.execute { shard.cancel(call) }
        }
        span?.end(call, outcome)
        return outcome
    }

    private var commandTooLarge: ValkeyError {
        ValkeyError(.tooLarge, "a command exceeds \(configuration.maximumCommand) bytes")
    }

    private var currentShard: ValkeyShard? {
        guard let loop = EventLoop.current, loop.index < shards.count else { return nil }
        return shards[loop.index].loop === loop ? shards[loop.index] : nil
    }
}

extension StoreSpan {
    /// Ends the span of a call, of which nothing but the command's name is told.
    fileprivate func end(_ call: ValkeyCall, _ outcome: ValkeyCall.Outcome) {
        let fault: String? =
            switch outcome {
            case .success(.error(let text)): "\(ValkeyError(server: text).code)"
            case .success: nil
            case .failure(let error): "\(error.code)"
            }
        end("valkey", call.command.name, count: call.replies, fault: fault)
    }
}
