import HTTP
import RPC
import Reactor
import Synchronization

/// Says who may go on, by rules of the configuration. Any thread.
final class RateLimiter: Sendable {
    /// What a request is told.
    struct Verdict: Sendable, Equatable {
        /// Nil where it may go on.
        let retryAfter: Duration?
        let fields: HTTPFields
    }

    /// What is left in a bucket.
    private struct Left {
        let count: Int
        let untilFull: Duration

        init(in bucket: LeasedBucket, at now: MonotonicTime) {
            count = bucket.remaining(at: now)
            untilFull = bucket.untilFull(at: now)
        }
    }

    private let rules: LimitRules
    private let shared: SharedBuckets?
    private let table = Mutex(LimitTable(most: 100_000))

    init(_ rules: LimitRules, shared: SharedBuckets?) {
        self.rules = rules
        self.shared = shared
    }

    /// Counts a request of `subject`; nil where no rule counts it.
    func count(_ quota: RESTQuota, _ subject: LimitSubject) async -> Verdict? {
        guard let limit = rules.limit(quota, subject) else { return nil }
        let now = MonotonicTime.now()
        let isShared = shared?.canBeAsked(at: now) ?? false
        let (key, first, left) = table.withLock { table in
            let key = table.key(quota, subject, limit, at: now)
            let (step, left) =
                table.with(key) { ($0.request(at: now, isShared: isShared), Left(in: $0, at: now)) }
                ?? (.pass, Left(in: LeasedBucket(limit, at: now), at: now))
            return (key, step, left)
        }
        // As nearly all do.
        if case .pass = first { return verdict(first, left, limit, quota, subject) }
        var step = first
        if case .ask(let asked) = first, let shared {
            let grant = await shared.take(asked, key, limit)
            step = table.withLock { table in
                table.with(key) { bucket in
                    if let grant { return bucket.answered(grant, of: asked, at: .now()) }
                    bucket.failed()
                    return .pass
                } ?? .pass
            }
        }
        let answered = MonotonicTime.now()
        let then = table.withLock { table in table.with(key) { Left(in: $0, at: answered) } }
        return verdict(step, then ?? left, limit, quota, subject)
    }

    /// Counts a request of an address, and of an account, if both may go on and nobody has to be asked; nil if not, and then
    /// it is not counted for the account.
    /// - Returns: what its answer says of the limit that is closest to it.
    func passAtOnce(
        _ quota: RESTQuota,
        _ address: LimitSubject?,
        _ account: LimitSubject?,
        at now: MonotonicTime
    ) -> HTTPFields? {
        let isShared = shared?.canBeAsked(at: now) ?? false
        var fields = HTTPFields()
        for subject in [address, account] {
            guard let subject, let limit = rules.limit(quota, subject) else { continue }
            let left = table.withLock { table in
                let key = table.key(quota, subject, limit, at: now)
                return table.with(key) { $0.passAtOnce(at: now, isShared: isShared) ? Left(in: $0, at: now) : nil }
            }
            guard let left = left ?? nil else { return nil }
            fields = verdict(.pass, left, limit, quota, subject).fields
        }
        return fields
    }

    private func verdict(
        _ step: LeasedBucket.Step,
        _ left: Left,
        _ limit: RateLimit,
        _ quota: RESTQuota,
        _ subject: LimitSubject
    ) -> Verdict {
        var retryAfter: Duration?
        if case .refuse(let wait) = step { retryAfter = wait }
        return Verdict(
            retryAfter: retryAfter,
            fields: RateLimitFields.of(
                "\(quota.rawValue)-\(subject.policy)",
                limit,
                remaining: retryAfter == nil ? left.count : 0,
                reset: retryAfter ?? left.untilFull
            )
        )
    }
}
