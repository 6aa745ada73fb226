import Reactor
import SwiftProtobuf

/// The methods of a peer whose equal calls, of one loop and one moment, are one call (``SharedCalls``). Any thread.
final class SharedReads: Sendable {
    private struct Key: Hashable, Sendable {
        let method: ObjectIdentifier
        let loop: Int
        let request: [UInt8]
    }

    private let methods: Set<ObjectIdentifier>
    private let calls = SharedCalls<Key, any Sendable>()

    init(_ methods: [RPCMethod]) {
        self.methods = Set(methods.map { ObjectIdentifier($0) })
    }

    func include(_ method: RPCMethod) -> Bool { methods.contains(ObjectIdentifier(method)) }

    func unary<Q, R>(
        _ descriptor: MethodDescriptor<Q, R>,
        _ request: Q,
        _ context: CallContext,
        through peer: RPCPeer
    ) async throws -> R {
        let key = Key(
            method: ObjectIdentifier(descriptor.method),
            loop: EventLoop.current?.index ?? -1,
            request: try MessageCoding.encode(request)
        )
        let answer = try await calls.value(key) { try await peer.unary(descriptor, request, context) }
        guard let answer = answer as? R else { throw RPCError(.internalError, "a shared answer is of another method") }
        return answer
    }
}
