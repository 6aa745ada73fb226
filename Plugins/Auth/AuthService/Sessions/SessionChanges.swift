import Observe
import RPC
import Reactor
import Synchronization
import Valkey

/// Whose sessions ended or changed, in the order in which it happened, for those who keep what `VerifySession` answered.
///
/// A change gets its number in the step that makes it (`SessionScripts`), so whoever reads the last number after a change
/// was answered learns of it. Keys: `auth:changed` (the last number) and `auth:changes` (sorted set: the users, by the
/// number of the last change of theirs).
///
/// A server that takes another's place may lack the last changes. So once a connection has changed, numbers count only
/// after a jump that nobody's list bridges (`SessionScripts.jump`).
final class SessionChanges: Sendable {
    /// What happened since a position.
    struct Answer: Sendable, Equatable {
        /// 0 where it cannot be told.
        var position: Int
        var users: [String] = []
        /// Whether there may be more than these.
        var isIncomplete = false

        static let unknown = Answer(position: 0, isIncomplete: true)
    }

    /// The keys, as the scripts want them.
    static let keys = ["auth:changed", "auth:changes"]
    /// So many changes are told at a time.
    static let most = 500

    private let store: ValkeyClient
    /// The count of changed connections that the last jump came after; -1 before the first one.
    private let settled = Mutex(-1)

    init(store: ValkeyClient) {
        self.store = store
    }

    /// What changed since `position`. It is read after this is called.
    func since(_ position: Int, by deadline: MonotonicTime?) async throws(ValkeyError) -> Answer {
        guard let count = try await settle(by: deadline) else { return .unknown }
        let last = Self.number(try await store.get(Self.keys[0], deadline: deadline))
        var answer = Answer(position: last)
        if last != position {
            let words = try await store.run(
                SessionScripts.changes,
                keys: Self.keys,
                arguments: [position, Self.most],
                deadline: deadline
            ).values(String.self)
            guard words.count >= 2, let number = Int(words[0]) else { return .unknown }
            answer = Answer(position: number, users: Array(words[2...]), isIncomplete: words[1] != "1")
        }
        return answer.position > 0 && store.connectionChanges == count ? answer : .unknown
    }

    /// A value of the store, and where the list stood when it was read: 0 where that cannot be told.
    func read(_ key: String, by deadline: MonotonicTime?) async throws(ValkeyError) -> (value: [UInt8]?, position: Int)
    {
        let count = try await settle(by: deadline)
        let values = try await store.mget([Self.keys[0], key], deadline: deadline)
        // One for each key: the server sees to it.
        let position = count == store.connectionChanges ? Self.number(values.first ?? nil) : 0
        return (values.last ?? nil, position)
    }

    /// Jumps, if a connection has changed since the last time.
    /// - Returns: the count for which numbers count; nil if it is another by now.
    private func settle(by deadline: MonotonicTime?) async throws(ValkeyError) -> Int? {
        let count = store.connectionChanges
        if settled.withLock({ $0 == count }) { return count }
        _ = try await store.run(SessionScripts.jump, keys: [Self.keys[0]], arguments: [], deadline: deadline)
        settled.withLock { $0 = max($0, count) }
        return store.connectionChanges == count ? count : nil
    }

    private static func number(_ bytes: [UInt8]?) -> Int {
        bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    }
}
