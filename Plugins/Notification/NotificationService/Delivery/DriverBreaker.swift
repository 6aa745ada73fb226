import Reactor

/// Whether the driver may be given mails. A value; time is a parameter.
///
/// closed → (fault) open → (time over) one probe → closed, or open again for longer. Another driver in the slot is a new
/// beginning: every event names the generation of the driver it is about, and those of drivers before are not heard.
struct DriverBreaker: Sendable {
    /// How many mails may be taken.
    enum Allowance: Hashable, Sendable {
        case any
        /// One, to see whether the driver works again.
        case probe
        /// None before this time.
        case none(until: MonotonicTime)
    }

    private enum State {
        case closed
        case open(until: MonotonicTime)
        case probing
    }

    /// The longest that a driver is left alone, whatever it asks for.
    static let longest = Duration.seconds(15 * 60)
    /// The first pause where the driver names none; doubled by each fault that follows, up to `longestOwn`.
    static let shortest = Duration.seconds(5)
    /// The longest pause of our own: so mails go out soon after the driver works again.
    static let longestOwn = Duration.seconds(60)

    private(set) var generation = 0
    private var state = State.closed
    private var faults = 0

    /// Whether it is closed.
    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// A driver of this generation is in the slot now.
    /// - Returns: whether that is another one.
    mutating func driver(_ current: Int) -> Bool {
        guard current > generation else { return false }
        let isNew = generation > 0
        generation = current
        state = .closed
        faults = 0
        return isNew
    }

    /// How many mails may be taken at `now`.
    func allowance(at now: MonotonicTime) -> Allowance {
        switch state {
        case .closed: .any
        case .probing: .none(until: now.advanced(by: .seconds(1)))
        case .open(let until): until <= now ? .probe : .none(until: until)
        }
    }

    /// One mail was taken to probe the driver.
    mutating func probeBegan() {
        guard case .open = state else { return }
        state = .probing
    }

    /// The probe ended without asking the driver: its mail was over, say.
    mutating func probeCameToNothing(at now: MonotonicTime) {
        guard case .probing = state else { return }
        state = .open(until: now)
    }

    /// The driver of `generation` could not send anything.
    mutating func fault(_ generation: Int, until wish: MonotonicTime?, at now: MonotonicTime) {
        guard generation == self.generation else { return }
        let latest = now.advanced(by: Self.longest)
        if case .open(let until) = state {
            // One of those that were under way: the same trouble, not more of it.
            state = .open(until: max(until, min(wish ?? until, latest)))
            return
        }
        faults += 1
        let own = min(Self.longestOwn, Self.shortest * (1 << min(faults - 1, 8)))
        state = .open(until: min(max(wish ?? now.advanced(by: own), now), latest))
    }

    /// The driver of `generation` gave an answer that was about the mail.
    mutating func answered(_ generation: Int) {
        guard generation == self.generation else { return }
        // Sends that began before the fault may still end well; only a probe says that all is well again.
        if case .open = state { return }
        state = .closed
        faults = 0
    }
}
