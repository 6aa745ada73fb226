public import SwiftProtobuf

/// One method of one service, with its types: what both sides need to know about it. Generated code holds each as a
/// `static let`.
public struct MethodDescriptor<Request: Message & Sendable, Response: Message & Sendable>: Sendable {
    /// The method without its types.
    public let method: RPCMethod

    /// Describes a method.
    /// - Parameters:
    ///   - service: full name of the service.
    ///   - name: the method's own name.
    ///   - index: its position in the service, from 0.
    ///   - kind: which sides stream.
    ///   - idempotent: whether it may be repeated.
    ///   - hedging: how its calls are hedged, if they are.
    public init(
        service: StaticString,
        name: StaticString,
        index: Int,
        kind: RPCKind,
        idempotent: Bool,
        hedging: HedgingPolicy? = nil
    ) {
        method = RPCMethod(
            service: service.description,
            name: name.description,
            index: index,
            kind: kind,
            idempotent: idempotent,
            hedging: hedging
        )
    }

    /// The typed form of a method whose messages are known to be these.
    init(_ method: RPCMethod) {
        self.method = method
    }
}
