import SwiftProtobuf

/// Where a service is: a plugin of this process or a channel to another. Calls look the same either way; generated
/// clients are structs around one.
///
/// Every call throws ``RPCError`` for a status other than OK (`CancellationError` counts as one: CANCELLED), and
/// whatever the closure it was given throws. What a closure's caller gets is closed when the closure returns.
public final class RPCPeer: Sendable {
    private enum Binding {
        case unbound
        case local(LocalDispatcher)
        case remote(any RPCTransport)
        case bounded(RPCPeer, Bulkhead)
    }

    /// What the peer is called, for messages: a plugin's name.
    public let name: String

    // Proof: written by `bind` alone, once, by the host on its start-up thread, before the tasks that read it are
    // made; making a task orders the write before everything it does.
    nonisolated(unsafe) private var binding = Binding.unbound

    /// A peer that must be bound before it is used.
    public init(name: String) {
        self.name = name
    }

    /// The same service behind a bulkhead; to be used by one caller beside others who use the peer itself.
    public func bounded(by bulkhead: Bulkhead) -> RPCPeer {
        let peer = RPCPeer(name: name)
        peer.binding = .bounded(self, bulkhead)
        return peer
    }

    /// Sends calls to plugins of this process. Once, before anything runs.
    public func bind(local table: RPCServiceTable) {
        guard case .unbound = binding else { preconditionFailure("peer \(name) is bound already") }
        binding = .local(LocalDispatcher(table: table))
    }

    /// Sends calls through a channel. Once, before anything runs.
    public func bind(remote transport: any RPCTransport) {
        guard case .unbound = binding else { preconditionFailure("peer \(name) is bound already") }
        binding = .remote(transport)
    }

    /// Whether calls stay in this process.
    public var isLocal: Bool {
        switch binding {
        case .local: true
        case .bounded(let peer, _): peer.isLocal
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
        case .remote(let transport):
            try Self.refuseExpired(context)
            let message = try MessageCoding.encode(request)
            do {
                return try await MessageCoding.decode(transport.unary(descriptor.method, message, context))
            } catch is CancellationError {
                throw context.isExpired ? .deadlineExceeded : RPCError(mapping: CancellationError())
            }
        case .bounded(let peer, let bulkhead):
            try bulkhead.enter()
            defer { bulkhead.leave() }
            return try await peer.unary(descriptor, request, context)
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
        case .remote(let transport):
            try Self.refuseExpired(context)
            return try await transport.open(descriptor.method, context) { sink, source in
                do {
                    try await send(RPCWriter(sink) { try MessageCoding.encode($0) })
                    try await sink.finish()
                } catch is CallEnded {
                    // The answer is there already.
                }
                return try await MessageCoding.only(source)
            }
        case .bounded(let peer, let bulkhead):
            try bulkhead.enter()
            defer { bulkhead.leave() }
            return try await peer.clientStreaming(descriptor, context, send)
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
        case .remote(let transport):
            try Self.refuseExpired(context)
            let message = try MessageCoding.encode(request)
            return try await transport.open(descriptor.method, context) { sink, source in
                do {
                    try await sink.send(message)
                    try await sink.finish()
                } catch is CallEnded {
                    // The answer is there already.
                }
                return try await receive(RPCReader(source) { try MessageCoding.decode($0) })
            }
        case .bounded(let peer, _):
            return try await peer.serverStreaming(descriptor, request, context, receive)
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
        case .remote(let transport):
            try Self.refuseExpired(context)
            return try await transport.open(descriptor.method, context) { sink, source in
                try await exchange(
                    RPCWriter(sink) { try MessageCoding.encode($0) },
                    RPCReader(source) { try MessageCoding.decode($0) }
                )
            }
        case .bounded(let peer, _):
            return try await peer.bidirectional(descriptor, context, exchange)
        case .unbound:
            throw unbound
        }
    }

    private static func refuseExpired(_ context: CallContext) throws {
        if context.isExpired {
            throw RPCError.deadlineExceeded
        }
    }

    private var unbound: RPCError {
        RPCError(.unavailable, "\(name) was called before the host bound it")
    }
}
