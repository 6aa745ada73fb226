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
        let (key, first) = table.withLock { table in
            let key = table.key(quota, subject, limit, at: now)
            return (key, table.with(key) { $0.request(at: now, isShared: isShared) } ?? .pass)
        }
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
        return verdict(step, key, limit, quota, subject)
    }

    private func verdict(
        _ step: LeasedBucket.Step,
        _ key: LimitTable.Key,
        _ limit: RateLimit,
        _ quota: RESTQuota,
        _ subject: LimitSubject
    ) -> Verdict {
        let now = MonotonicTime.now()
        let (remaining, untilFull) =
            table.withLock { table in table.with(key) { ($0.remaining(at: now), $0.untilFull(at: now)) } }
            ?? (limit.burst, .zero)
        var retryAfter: Duration?
        if case .refuse(let wait) = step { retryAfter = wait }
        return Verdict(
            retryAfter: retryAfter,
            fields: RateLimitFields.of(
                "\(quota.rawValue)-\(subject.policy)",
                limit,
                remaining: retryAfter == nil ? remaining : 0,
                reset: retryAfter ?? untilFull
            )
        )
    }
}
