import Postgres
import Reactor
import Synchronization

/// What this worker has leased, and until when by its own clock: always a little earlier than by the database's, as the
/// time is counted from before the question.
final class LeaseTable: Sendable {
    private let ends = Mutex<[PostgresUUID: MonotonicTime]>([:])

    /// How many there are.
    var count: Int { ends.withLock { $0.count } }

    /// All of them.
    var ids: [PostgresUUID] { ends.withLock { Array($0.keys) } }

    /// Adds new ones.
    func add(_ ids: some Sequence<PostgresUUID>, until end: MonotonicTime) {
        ends.withLock { ends in for id in ids { ends[id] = end } }
    }

    /// Moves the end of those that are still here.
    func extend(_ ids: some Sequence<PostgresUUID>, until end: MonotonicTime) {
        ends.withLock { ends in for id in ids where ends[id] != nil { ends[id] = end } }
    }

    /// Forgets some.
    func remove(_ ids: some Sequence<PostgresUUID>) {
        ends.withLock { ends in for id in ids { ends[id] = nil } }
    }

    /// When the lease ends; nil if there is none.
    func end(_ id: PostgresUUID) -> MonotonicTime? { ends.withLock { $0[id] } }
}
