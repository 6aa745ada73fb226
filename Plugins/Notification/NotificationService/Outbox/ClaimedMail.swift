import Observe
import Postgres
import Reactor

/// A mail that this worker has leased.
struct ClaimedMail: Sendable {
    let id: PostgresUUID
    /// The order of acceptance.
    let seq: Int64
    let kind: MailKind
    let recipientHash: [UInt8]
    /// The attempt that the lease is for, from 1. Also what tells this lease from a later one of the same worker.
    let attempt: Int
    let keyID: Int32
    /// Sealed.
    let payload: [UInt8]
    let acceptedAt: WallTime
    /// When its code expires; nil for never.
    let expiresAt: WallTime?
    /// How long ago the schedule began.
    let age: Duration
    /// The same by this machine's monotonic clock, as far from now as it was by the database's.
    let expires: MonotonicTime?
}
