internal import Reactor

/// How long an endpoint takes to answer: a mean that rises with each late answer and otherwise ages, within about ten
/// seconds, towards what is measured. A value.
struct LatencyMean {
    /// What is left of a difference after so many nanoseconds is 1/e.
    static let decay = 10e9
    /// How much of a rise each answer brings. Three late ones make an endpoint slow, a single one does not.
    static let rise = 0.3

    fileprivate(set) var nanoseconds: Double
    /// When it was last measured.
    fileprivate var seen: MonotonicTime

    init(_ nanoseconds: Double, at now: MonotonicTime) {
        self.nanoseconds = nanoseconds
        seen = now
    }

    /// The mean as it is by now. What was measured of a slow endpoint loses its weight even if nobody calls it any more:
    /// it becomes what the pool is like, so that it is tried again.
    func aged(at now: MonotonicTime, towards typical: Double) -> Double {
        guard nanoseconds > typical else { return nanoseconds }
        return typical + (nanoseconds - typical) * left(at: now)
    }

    /// An answer took so long.
    mutating func add(_ sample: Double, at now: MonotonicTime, towards typical: Double) {
        let present = aged(at: now, towards: typical)
        if sample > present {
            nanoseconds = present + (sample - present) * Self.rise
        } else {
            nanoseconds = sample + (nanoseconds - sample) * left(at: now)
        }
        seen = max(seen, now)
    }

    /// e^-x, near enough: it is asked for twice for each call.
    fileprivate func left(at now: MonotonicTime) -> Double {
        guard now > seen else { return 1 }
        let x = Double(now.nanoseconds - seen.nanoseconds) / Self.decay
        return 1 / (1 + x * (1 + x * (0.5 + x / 6)))
    }
}

extension LatencyMean {
    /// An answer took so long, and counts for the time since the one before: up and down alike.
    mutating func blend(_ sample: Double, at now: MonotonicTime) {
        nanoseconds = sample + (nanoseconds - sample) * left(at: now)
        seen = max(seen, now)
    }
}
