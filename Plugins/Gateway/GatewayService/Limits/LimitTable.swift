import RPC
import Reactor

/// The buckets of everybody who called lately. A value.
///
/// Idle buckets are forgotten when there are many; when all are in use, those who come new share one, so that nobody can
/// make us remember without end by coming from ever new addresses.
struct LimitTable: Sendable {
    struct Key: Hashable, Sendable {
        let quota: RESTQuota
        let subject: LimitSubject?
    }

    private let most: Int
    private var buckets: [Key: LeasedBucket] = [:]
    /// No sweep before so many: each halves what is left to fill, so a sweep costs little per request.
    private var sweepAt: Int

    init(most: Int) {
        self.most = most
        sweepAt = most / 2
    }

    /// How many there are.
    var count: Int { buckets.count }

    /// The key that a subject is counted under from now on.
    mutating func key(_ quota: RESTQuota, _ subject: LimitSubject, _ limit: RateLimit, at now: MonotonicTime) -> Key {
        let key = Key(quota: quota, subject: subject)
        if buckets[key] != nil { return key }
        if buckets.count >= sweepAt {
            buckets = buckets.filter { !$0.value.isIdle(at: now) }
            sweepAt = min(most, max(most / 2, buckets.count + (most - buckets.count) / 2 + 1))
        }
        let counted = buckets.count < most ? key : Key(quota: quota, subject: nil)
        if buckets[counted] == nil { buckets[counted] = LeasedBucket(limit, at: now) }
        return counted
    }

    /// Changes a bucket that is there.
    mutating func with<Result>(_ key: Key, _ body: (inout LeasedBucket) -> Result) -> Result? {
        guard let index = buckets.index(forKey: key) else { return nil }
        return body(&buckets.values[index])
    }
}
