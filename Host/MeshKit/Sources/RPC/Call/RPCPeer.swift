import SwiftProtobuf

/// Where a service is: a plugin of this process or a channel to another. Calls look the same either way; generated
/// clients are structs around one.
///
/// Every call throws ``RPCError`` for a status other than OK (`CancellationError` counts as one: CANCELLED), and
/// whatever the closure it was given throws. What a closure's caller gets is closed when the closure returns.
public final class RPCPeer: Sendable {
    /// Each case is one reference: every call copies it.
    private enum Binding {
        case unbound
        case local(LocalDispatcher)
        case remote(Remote)
        case bounded(Bounded)
        case sharing(Sharing)
    }

    private final class Remote: Sendable {
        let transport: any RPCTransport
        let metrics: ClientCallMetrics?

        init(_ transport: any RPCTransport, _ metrics: ClientCallMetrics?) {
            self.transport = transport
            self.metrics = metrics
        }
    }

    private final class Bounded: Sendable {
        let peer: RPCPeer
        let bulkhead: Bulkhead

        init(_ peer: RPCPeer, _ bulkhead: Bulkhead) {
            self.peer = peer
            self.bulkhead = bulkhead
        }
    }

    private final class Sharing: Sendable {
        let peer: RPCPeer
        let reads: SharedReads

        init(_ peer: RPCPeer, _ reads: SharedReads) {
            self.peer = peer
            self.reads = reads
        }
    }

    /// What the peer is called, for messages: a plugin's name.
    public let name: String
    /// Whose calls they are, for who is called in this process; nil where nobody asks.
    public let caller: Caller?

    // Proof: written by `bind` alone, once, by the host on its start-up thread, before the tasks that read it are
    // made; making a task orders the write before everything it does.
    nonisolated(unsafe) private var binding = Binding.unbound

    /// A peer that must be bound before it is used.
    public init(name: String, caller: Caller? = nil) {
        self.name = name
        self.caller = caller
    }

    /// The same service behind a bulkhead; to be used by one caller beside others who use the peer itself.
    public func bounded(by bulkhead: Bulkhead) -> RPCPeer {
        let peer = RPCPeer(name: name)
        peer.binding = .bounded(Bounded(self, bulkhead))
        return peer
    }

    /// The same service, whose equal calls of these methods share one where they leave the process (``SharedCalls``): for
    /// unary reads that many make and whose answers do not depend on the metadata.
    public func sharing(_ methods: [RPCMethod]) -> RPCPeer {
        precondition(methods.allSatisfy { $0.kind == .unary && $0.idempotent }, "what is shared is read")
        let peer = RPCPeer(name: name)
        peer.binding = .sharing(Sharing(self, SharedReads(methods)))
        return peer
    }

    /// Sends calls to plugins of this process. Once, before anything runs.
    /// - Parameter policy: says which of them ``caller`` may make; nil for all.
    public func bind(local table: RPCServiceTable, policy: CallerPolicy? = nil) {
        guard case .unbound = binding else { preconditionFailure("peer \(name) is bound already") }
        binding = .local(LocalDispatcher(table: table, caller: caller, policy: policy))
    }

    /// Sends calls through a channel. Once, before anything runs.
    /// - Parameter metrics: counts and times them; nil for nobody.
    public func bind(remote transport: any RPCTransport, metrics: ClientCallMetrics? = nil) {
        guard case .unbound = binding else { preconditionFailure("peer \(name) is bound already") }
        binding = .remote(Remote(transport, metrics))
    }

    /// Whether calls stay in this process.
    public var isLocal: Bool {
        switch binding {
        case .local: true
        case .bounded(let bounded): bounded.peer.isLocal
        case .sharing(let sharing): sharing.peer.isLocal
        case .remote, .unbound: false
        }
    }

    /// One request, one response.
    public func unary<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ request: Q,
        _ context: CallContext
    ) async throws -> R {
        switch binding {
        case .local(let dispatcher):
            return try await dispatcher.unary(descriptor, request, context)
        case .remote(let remote):
            return try await Self.sent(descriptor.method, context, remote) { context in
                let message = try MessageCoding.encode(request)
                do {
                    return try await MessageCoding.decode(remote.transport.unary(descriptor.method, message, context))
                } catch is CancellationError {
                    throw context.isExpired ? .deadlineExceeded : RPCError(mapping: CancellationError())
                }
            }
        case .bounded(let bounded):
            try bounded.bulkhead.enter()
            defer { bounded.bulkhead.leave() }
            return try await bounded.peer.unary(descriptor, request, context)
        case .sharing(let sharing):
            guard !sharing.peer.isLocal, sharing.reads.include(descriptor.method) else {
                return try await sharing.peer.unary(descriptor, request, context)
            }
            return try await sharing.reads.unary(descriptor, request, context, through: sharing.peer)
        case .unbound:
            throw unbound
        }
    }

    /// Many requests, which `send` writes, one response. The requests end when `send` returns.
    public func clientStreaming<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ context: CallContext,
        _ send: (RPCWriter<Q>) async throws -> Void
    ) async throws -> R {
        switch binding {
        case .local(let dispatcher):
            return try await dispatcher.clientStreaming(descriptor, context, send)
        case .remote(let remote):
            return try await Self.sent(descriptor.method, context, remote) { context in
                try await remote.transport.open(descriptor.method, context) { sink, source in
                    do {
                        try await send(RPCWriter(sink) { try MessageCoding.encode($0) })
                        try await sink.finish()
                    } catch is CallEnded {
                        // The answer is there already.
                    }
                    return try await MessageCoding.only(source)
                }
            }
        case .bounded(let bounded):
            try bounded.bulkhead.enter()
            defer { bounded.bulkhead.leave() }
            return try await bounded.peer.clientStreaming(descriptor, context, send)
        case .sharing(let sharing):
            return try await sharing.peer.clientStreaming(descriptor, context, send)
        case .unbound:
            throw unbound
        }
    }

    /// One request, many responses, which `receive` reads. The call is cancelled when `receive` returns before their
    /// end.
    public func serverStreaming<Q, R, Result>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ request: Q,
        _ context: CallContext,
        _ receive: (RPCReader<R>) async throws -> Result
    ) async throws -> Result {
        switch binding {
        case .local(let dispatcher):
            return try await dispatcher.serverStreaming(descriptor, request, context, receive)
        case .remote(let remote):
            return try await Self.sent(descriptor.method, context, remote) { context in
                let message = try MessageCoding.encode(request)
                return try await remote.transport.open(descriptor.method, context) { sink, source in
                    do {
                        try await sink.send(message)
                        try await sink.finish()
                    } catch is CallEnded {
                        // The answer is there already.
                    }
                    return try await receive(RPCReader(source) { try MessageCoding.decode($0) })
                }
            }
        case .bounded(let bounded):
            return try await bounded.peer.serverStreaming(descriptor, request, context, receive)
        case .sharing(let sharing):
            return try await sharing.peer.serverStreaming(descriptor, request, context, receive)
        case .unbound:
            throw unbound
        }
    }

    /// Requests and responses in any order. The call is cancelled when `exchange` returns before the responses' end.
    public func bidirectional<Q, R, Result>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ context: CallContext,
        _ exchange: (RPCWriter<Q>, RPCReader<R>) async throws -> Result
    ) async throws -> Result {
        switch binding {
        case .local(let dispatcher):
            return try await dispatcher.bidirectional(descriptor, context, exchange)
        case .remote(let remote):
            return try await Self.sent(descriptor.method, context, remote) { context in
                try await remote.transport.open(descriptor.method, context) { sink, source in
                    try await exchange(
                        RPCWriter(sink) { try MessageCoding.encode($0) },
                        RPCReader(source) { try MessageCoding.decode($0) }
                    )
                }
            }
        case .bounded(let bounded):
            return try await bounded.peer.bidirectional(descriptor, context, exchange)
        case .sharing(let sharing):
            return try await sharing.peer.bidirectional(descriptor, context, exchange)
        case .unbound:
            throw unbound
        }
    }

    /// Makes a call that leaves the process, unless its time is over.
    private static func sent<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ remote: Remote,
        _ body: (CallContext) async throws -> Result
    ) async throws -> Result {
        try await SentCall.around(method, context, remote.metrics, isLocal: false) { context in
            if context.isExpired { throw RPCError.deadlineExceeded }
            return try await body(context)
        }
    }

    private var unbound: RPCError {
        RPCError(.unavailable, "\(name) was called before the host bound it")
    }
}
