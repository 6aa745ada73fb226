internal import Reactor

/// When to look for a server again. A value without I/O, clock or dice.
struct ReconnectState {
    /// What to do after an event.
    enum Action: Equatable {
        case nothing
        /// Look for a server now.
        case search
        /// Look for one at this moment, by `retryDue`.
        case retry(at: MonotonicTime)
    }

    /// idle → searching → ready → searching …; searching → waiting → searching; anything → closed.
    enum Phase: Equatable {
        case idle
        case searching
        case ready(since: MonotonicTime)
        case waiting(until: MonotonicTime)
        case closed
    }

    /// Back-off: first, growth, most. Jitter is ±20 %.
    static let firstDelay = Duration.milliseconds(50)
    static let growth = 1.8
    static let largestDelay = Duration.seconds(5)
    /// A connection that lived so long was a good one: the next search begins at once.
    static let stable = Duration.seconds(1)

    private(set) var phase = Phase.idle
    /// Failures without a good connection between them.
    private(set) var failures = 0

    /// Somebody needs a connection.
    mutating func wanted() -> Action {
        guard phase == .idle else { return .nothing }
        phase = .searching
        return .search
    }

    /// The search has found one.
    mutating func found(_ now: MonotonicTime) {
        guard phase == .searching else { return }
        phase = .ready(since: now)
    }

    /// The search has found none.
    /// - Parameter dice: 0 to 1, for the jitter.
    mutating func notFound(_ now: MonotonicTime, dice: Double) -> Action {
        guard phase == .searching else { return .nothing }
        return wait(now, dice)
    }

    /// The connection is lost, or not to be used any more.
    mutating func lost(_ now: MonotonicTime, dice: Double) -> Action {
        guard case .ready(let since) = phase else { return .nothing }
        guard since.duration(to: now) < Self.stable else {
            failures = 0
            phase = .searching
            return .search
        }
        return wait(now, dice)
    }

    /// The moment of a retry has come.
    mutating func retryDue() -> Action {
        guard case .waiting = phase else { return .nothing }
        phase = .searching
        return .search
    }

    /// No connection is needed any more.
    mutating func close() {
        phase = .closed
    }

    private mutating func wait(_ now: MonotonicTime, _ dice: Double) -> Action {
        failures += 1
        var delay = Self.firstDelay
        for _ in 1..<max(failures, 1) where delay < Self.largestDelay { delay = delay * Self.growth }
        let until = now.advanced(by: min(delay, Self.largestDelay) * (0.8 + 0.4 * dice))
        phase = .waiting(until: until)
        return .retry(at: until)
    }
}
