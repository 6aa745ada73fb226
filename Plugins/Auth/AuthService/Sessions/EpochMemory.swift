import Reactor
import Synchronization

/// What this process knows of the epochs of accounts, so that not every request has to ask. It knows nothing any more
/// once a connection to the store has changed: the server that answers now may lack what was revoked last.
final class EpochMemory: Sendable {
    private struct Entry {
        var epoch: Int64
        var until: MonotonicTime
        var connectionChanges: Int
    }

    /// So long is an epoch taken for true.
    static let validity = Duration.seconds(600)
    /// So many are kept.
    static let most = 200_000

    private let entries = Mutex<[Identifier: Entry]>([:])

    /// The epoch of a user; nil if it is not known, or not any more.
    func epoch(of user: Identifier, connectionChanges: Int, now: MonotonicTime) -> Int64? {
        entries.withLock { entries in
            guard let entry = entries[user], entry.connectionChanges == connectionChanges, now < entry.until else {
                return nil
            }
            return entry.epoch
        }
    }

    /// Keeps what profile has said.
    /// - Parameter connectionChanges: the count from before it was asked.
    func remember(_ epoch: Int64, of user: Identifier, connectionChanges: Int, now: MonotonicTime) {
        entries.withLock { entries in
            if entries.count >= Self.most, entries[user] == nil { entries.removeAll() }
            let known = entries[user]?.epoch ?? .min
            entries[user] = Entry(
                epoch: max(known, epoch),
                until: now.advanced(by: Self.validity),
                connectionChanges: connectionChanges
            )
        }
    }

    /// Forgets a user, who must be asked for.
    func forget(_ user: Identifier) {
        entries.withLock { entries in _ = entries.removeValue(forKey: user) }
    }
}
