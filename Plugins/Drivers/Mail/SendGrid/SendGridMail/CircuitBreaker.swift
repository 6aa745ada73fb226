import Reactor

/// Stops asking a provider that does not work: so many failures within a time open it, for a time; then one call tries.
/// A value without a clock.
struct CircuitBreaker {
    /// Whether a call may be made.
    enum Permission: Equatable {
        case go
        case refused(until: MonotonicTime)
    }

    private enum State {
        case closed
        case open(until: MonotonicTime)
        /// One call is trying; if it never ends, another may from `until` on.
        case trying(until: MonotonicTime)
    }

    let threshold: Int
    let window: Duration
    let pause: Duration
    private var state = State.closed
    private var failures: [MonotonicTime] = []

    /// Five failures within thirty seconds open it for thirty.
    init(threshold: Int = 5, window: Duration = .seconds(30), pause: Duration = .seconds(30)) {
        self.threshold = threshold
        self.window = window
        self.pause = pause
    }

    /// A call is to be made.
    mutating func begin(_ now: MonotonicTime) -> Permission {
        switch state {
        case .closed:
            return .go
        case .open(let until), .trying(let until):
            guard until <= now else { return .refused(until: until) }
            state = .trying(until: now.advanced(by: pause))
            return .go
        }
    }

    /// A call was answered, with whatever.
    mutating func answered() {
        state = .closed
        failures = []
    }

    /// A call got no answer, or only that the provider does not work.
    mutating func failed(_ now: MonotonicTime) {
        if case .trying = state {
            state = .open(until: now.advanced(by: pause))
            return
        }
        failures.removeAll { $0.duration(to: now) >= window }
        failures.append(now)
        guard failures.count >= threshold else { return }
        failures = []
        state = .open(until: now.advanced(by: pause))
    }
}
