import Reactor

/// One process's view of a bucket that all replicas share. A value without I/O: it says when the shared one is to be
/// asked, and hears what came of it.
///
/// The local bucket alone refuses what this process alone has seen too much of. What it lets pass is taken from a share
/// of the shared bucket that was fetched before; only when that is used up somebody asks for another, and meanwhile
/// others pass on credit, up to a share, which the next asker pays for.
struct LeasedBucket: Sendable {
    /// What becomes of a request.
    enum Step: Sendable, Equatable {
        case pass
        /// Ask the shared bucket for so many; then ``answered(_:of:at:)`` or ``failed()``.
        case ask(Int)
        case refuse(after: Duration)
    }

    /// What the shared bucket says.
    struct Grant: Sendable, Equatable {
        /// How many were taken.
        let count: Int
        /// How many are left.
        let left: Int
        /// Until there is one again; zero if there is.
        let wait: Duration
    }

    /// A share that is not used for so long has grown back in the shared bucket, and is void here.
    static let leaseLife = Duration.seconds(10)

    let limit: RateLimit
    private var local: TokenBucket
    private var leased = 0
    private var leaseEnds = MonotonicTime(nanoseconds: 0)
    private var owed = 0
    private var askers = 0
    private var sharedLeft: Int?
    private var emptyUntil = MonotonicTime(nanoseconds: 0)

    init(_ limit: RateLimit, at now: MonotonicTime) {
        self.limit = limit
        local = TokenBucket(at: now)
    }

    /// A request comes.
    /// - Parameter isShared: whether the shared bucket can be asked; if not, the local one decides alone.
    mutating func request(at now: MonotonicTime, isShared: Bool) -> Step {
        if isShared, now < emptyUntil { return .refuse(after: now.duration(to: emptyUntil)) }
        if let wait = local.take(limit, at: now) { return .refuse(after: wait) }
        guard isShared else { return .pass }
        if leased > 0, now < leaseEnds {
            leased -= 1
            return .pass
        }
        leased = 0
        if askers > 0, owed < limit.share - 1 {
            owed += 1
            return .pass
        }
        askers += 1
        defer { owed = 0 }
        return .ask(limit.share + owed)
    }

    /// A request comes that is counted only if it may go on without anybody being asked.
    mutating func passAtOnce(at now: MonotonicTime, isShared: Bool) -> Bool {
        let hasLease = leased > 0 && now < leaseEnds
        let hasCredit = askers > 0 && owed < limit.share - 1
        guard !isShared || now >= emptyUntil && (hasLease || hasCredit) else { return false }
        return local.count(limit, at: now) > 0 && request(at: now, isShared: isShared) == .pass
    }

    /// The shared bucket has answered who asked for `asked`.
    /// - Returns: what becomes of the request that asked.
    mutating func answered(_ grant: Grant, of asked: Int, at now: MonotonicTime) -> Step {
        askers -= 1
        sharedLeft = grant.left
        guard grant.count > 0 else {
            if leased > 0 {
                leased -= 1
                return .pass
            }
            emptyUntil = now.advanced(by: grant.wait)
            return .refuse(after: grant.wait)
        }
        // One is the asker's own; those before passed on credit.
        leased += max(0, grant.count - 1 - (asked - limit.share))
        leaseEnds = now.advanced(by: Self.leaseLife)
        return .pass
    }

    /// The shared bucket cannot be asked: the request passes by the local one alone.
    mutating func failed() {
        askers -= 1
        sharedLeft = nil
    }

    /// How many more may come now, as far as is known here.
    func remaining(at now: MonotonicTime) -> Int {
        if now < emptyUntil { return 0 }
        return min(local.count(limit, at: now), (sharedLeft ?? limit.burst) + leased)
    }

    /// How long it takes until the bucket is full, as far as is known here.
    func untilFull(at now: MonotonicTime) -> Duration {
        let missing = limit.burst - remaining(at: now)
        return max(local.untilFull(at: now), .nanoseconds(Int64(clamping: UInt64(missing) * limit.interval)))
    }

    /// Whether nothing is lost when it is forgotten.
    func isIdle(at now: MonotonicTime) -> Bool {
        askers == 0 && now >= emptyUntil && (leased == 0 || now >= leaseEnds) && local.untilFull(at: now) == .zero
    }
}
