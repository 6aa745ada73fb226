import SwiftProtobuf

/// Collects the handlers of a service. Each takes a method of its own kind; another kind is a mistake of the generator.
public struct RPCRoutes {
    private(set) var handlers: [MethodHandler] = []

    /// No handlers yet.
    public init() {}

    /// Adds the handler of a unary method.
    public mutating func unary<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ body: @escaping @Sendable (Q, CallContext) async throws -> R
    ) {
        precondition(descriptor.method.kind == .unary)
        handlers.append(UnaryHandler(descriptor.method, body))
    }

    /// Adds the handler of a client-streaming method.
    public mutating func clientStreaming<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ body: @escaping @Sendable (RPCReader<Q>, CallContext) async throws -> R
    ) {
        precondition(descriptor.method.kind == .clientStreaming)
        handlers.append(ClientStreamingHandler(descriptor.method, body))
    }

    /// Adds the handler of a server-streaming method.
    public mutating func serverStreaming<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ body: @escaping @Sendable (Q, RPCWriter<R>, CallContext) async throws -> Void
    ) {
        precondition(descriptor.method.kind == .serverStreaming)
        handlers.append(ServerStreamingHandler(descriptor.method, body))
    }

    /// Adds the handler of a bidirectional method.
    public mutating func bidirectional<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ body: @escaping @Sendable (RPCReader<Q>, RPCWriter<R>, CallContext) async throws -> Void
    ) {
        precondition(descriptor.method.kind == .bidirectional)
        handlers.append(BidirectionalHandler(descriptor.method, body))
    }
}
