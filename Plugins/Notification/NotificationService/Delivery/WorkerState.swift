import Reactor

/// What a worker has under way, and what it may take. A value; time is a parameter.
struct WorkerState: Sendable {
    var breaker = DriverBreaker()
    var recovery = RecoveryWatch()
    private(set) var sending = 0
    private(set) var retrying = 0
    private(set) var isStopping = false
    private var isStarved = false

    /// What to do next.
    enum Step: Hashable, Sendable {
        /// Lease so many, of which so many may have been tried before.
        case take(Int, retries: Int, isProbe: Bool)
        /// Wait for a wake-up or so long.
        case wait(Duration)
        case stop
    }

    /// - Parameter unmarked: leases that are held, with those whose marks are not written.
    mutating func next(_ limits: WorkerLimits, unmarked: Int, at now: MonotonicTime) -> Step {
        if isStopping { return .stop }
        let room = min(limits.batch, limits.concurrency - sending, limits.unmarked - unmarked)
        guard room > 0 else {
            isStarved = true
            return .wait(limits.poll)
        }
        switch breaker.allowance(at: now) {
        case .none(let until): return .wait(min(limits.poll, now.duration(to: until)))
        case .probe: return .take(1, retries: 1, isProbe: true)
        case .any:
            // Half of the places stay free for mails that have not failed yet, however many have.
            return .take(room, retries: max(0, max(1, limits.concurrency / 2) - retrying), isProbe: false)
        }
    }

    /// Mails were leased.
    mutating func took(_ attempts: some Sequence<Int>, isProbe: Bool) {
        for attempt in attempts {
            sending += 1
            if attempt > 1 { retrying += 1 }
        }
        if isProbe { breaker.probeBegan() }
    }

    /// A mail is done with.
    mutating func ended(attempt: Int) {
        sending -= 1
        if attempt > 1 { retrying -= 1 }
    }

    /// Whether somebody waits for the room that there is now. Once.
    mutating func takeStarved() -> Bool {
        defer { isStarved = false }
        return isStarved
    }

    /// No more are to be leased.
    mutating func stop() { isStopping = true }
}
