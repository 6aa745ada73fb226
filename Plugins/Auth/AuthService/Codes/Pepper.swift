import Digest
import Observe
import RPC
import Reactor
import Synchronization
import Valkey

/// The key of the hashes that are stored of codes: the one of `auth.codes.pepper`, which then is in no store, or one
/// that the replicas of auth share through Valkey.
final class Pepper: Sendable {
    private static let key = "auth:pepper"

    private let configured: [UInt8]?
    private let store: ValkeyClient
    private let shared = Mutex<(connectionChanges: Int, bytes: [UInt8])?>(nil)

    init(_ configured: Secret?, store: ValkeyClient) {
        self.configured = configured.map { Array($0.reveal().utf8) }
        self.store = store
    }

    /// The key. Asked for again once a connection has changed, as a server that lost its data has another.
    func bytes(by deadline: MonotonicTime?) async throws -> [UInt8] {
        if let configured { return configured }
        let known = shared.withLock { $0 }
        if let known, known.connectionChanges == store.connectionChanges { return known.bytes }
        try await store.set(Self.key, [UInt8].random(32), condition: .ifAbsent, deadline: deadline)
        let changes = store.connectionChanges
        guard let bytes = try await store.get(Self.key, as: [UInt8].self, deadline: deadline), bytes.count == 32 else {
            throw RPCError(.unavailable, "the store is not available")
        }
        shared.withLock { $0 = (changes, bytes) }
        return bytes
    }
}
