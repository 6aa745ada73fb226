internal import Reactor

/// Whether a peer still lives, from when something was last heard of it. A value without I/O or clock.
struct ConnectionHealth {
    enum Verdict: Equatable {
        case fine
        /// Nothing for long, and nothing due: ask for a sign of life.
        case ask
        /// An answer has been due for too long.
        case dead
    }

    private let idleInterval: Duration
    private let replyTimeout: Duration
    private var lastHeard: MonotonicTime
    /// Since when an answer is due without a pause.
    private var dueSince: MonotonicTime?

    init(idleInterval: Duration, replyTimeout: Duration, now: MonotonicTime) {
        self.idleInterval = idleInterval
        self.replyTimeout = replyTimeout
        lastHeard = now
    }

    /// How often to ask for the verdict.
    var period: Duration { max(.milliseconds(10), min(idleInterval, replyTimeout) / 4) }

    /// Something has been sent that is answered.
    mutating func expects(_ now: MonotonicTime) {
        if dueSince == nil { dueSince = now }
    }

    /// The peer takes what is being sent, so that it lives; its answer is due from here on.
    mutating func sends(_ now: MonotonicTime) {
        dueSince = now
    }

    /// Something has come. `isDue`: more is due.
    mutating func heard(_ now: MonotonicTime, isDue: Bool) {
        lastHeard = now
        dueSince = isDue ? now : nil
    }

    func verdict(_ now: MonotonicTime) -> Verdict {
        if let dueSince {
            return dueSince.duration(to: now) >= replyTimeout ? .dead : .fine
        }
        return lastHeard.duration(to: now) >= idleInterval ? .ask : .fine
    }
}
