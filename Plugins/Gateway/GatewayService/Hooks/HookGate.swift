import RPC
import Synchronization

/// Lets a few in at once, and tells the others to come again.
final class HookGate: Sendable {
    private let most: Int
    private let inside = Mutex(0)

    init(_ most: Int) { self.most = most }

    /// Runs `body` if there is room.
    /// - Throws: RESOURCE_EXHAUSTED at once if there is none; what `body` throws.
    func pass<Result>(_ body: () async throws -> Result) async throws -> Result {
        let hasRoom = inside.withLock { inside in
            guard inside < most else { return false }
            inside += 1
            return true
        }
        guard hasRoom else {
            throw RPCError(
                .resourceExhausted,
                "too many reports at once",
                reason: "rate-limited",
                retryAfter: .seconds(5)
            )
        }
        defer { inside.withLock { $0 -= 1 } }
        return try await body()
    }
}
