import Reactor

/// Rests a source that does not work: so many failures in a row open it; then one call at a time tries, after pauses that
/// double. A value without a clock.
///
/// closed → open (too many failures) → trying (the pause is over) → closed (an answer) or open (a failure, longer).
struct SourceBreaker {
    /// Whether a call may be made.
    enum Permission: Equatable {
        case go
        case resting(Duration)
    }

    private enum State {
        case closed(failures: Int)
        case open(until: MonotonicTime)
        /// One call is trying; if it never ends, another may from `until` on.
        case trying(until: MonotonicTime)
    }

    let threshold: Int
    let shortest: Duration
    let longest: Duration
    private var state = State.closed(failures: 0)
    private var pause: Duration

    /// Five failures in a row rest it for two seconds, then four, and so on, up to a minute.
    init(threshold: Int = 5, shortest: Duration = .seconds(2), longest: Duration = .seconds(60)) {
        precondition(threshold > 0, "a breaker opens after one failure at least")
        self.threshold = threshold
        self.shortest = shortest
        self.longest = longest
        pause = shortest
    }

    /// Whether calls are refused, but for the one that tries.
    var isOpen: Bool { if case .closed = state { false } else { true } }

    /// A call is to be made.
    mutating func begin(_ now: MonotonicTime) -> Permission {
        switch state {
        case .closed:
            return .go
        case .open(let until), .trying(let until):
            guard until <= now else { return .resting(now.duration(to: until)) }
            state = .trying(until: now.advanced(by: pause))
            return .go
        }
    }

    /// A call was answered, be it that there is no such symbol.
    mutating func answered() {
        state = .closed(failures: 0)
        pause = shortest
    }

    /// A call got no answer.
    mutating func failed(_ now: MonotonicTime) {
        switch state {
        case .closed(let failures) where failures + 1 < threshold:
            state = .closed(failures: failures + 1)
        case .closed:
            state = .open(until: now.advanced(by: pause))
        case .trying:
            pause = min(pause * 2, longest)
            state = .open(until: now.advanced(by: pause))
        // One that began before it opened; nothing new is learnt from it.
        case .open:
            break
        }
    }

    /// The call that tries said nothing of the source: it was cancelled. Another may try at once.
    mutating func gaveUp(_ now: MonotonicTime) {
        if case .trying = state { state = .open(until: now) }
    }
}
