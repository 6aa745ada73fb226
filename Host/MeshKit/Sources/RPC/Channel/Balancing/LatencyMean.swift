internal import Reactor

/// How long an endpoint takes to answer: a mean that rises fast with late answers and falls with each that is in time, the
/// more the longer there was none. Without answers it ages, within about ten seconds, towards what the others are like. A
/// value.
struct LatencyMean {
    /// After so many nanoseconds 1/e of a difference is left: where nothing is measured, and where something is.
    static let ageing = 10e9
    static let healing = 0.5e9
    /// How much of a difference each answer brings, up and down: a few late ones make an endpoint slow, a single one among
    /// many is the machine's noise.
    static let rise = 0.2
    static let fall = 0.03

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
        return typical + (nanoseconds - typical) * left(at: now, of: Self.ageing)
    }

    /// An answer took so long.
    mutating func add(_ sample: Double, at now: MonotonicTime, towards typical: Double) {
        let present = aged(at: now, towards: typical)
        if sample > present {
            nanoseconds = present + (sample - present) * Self.rise
        } else {
            nanoseconds = sample + (nanoseconds - sample) * min(left(at: now, of: Self.healing), 1 - Self.fall)
        }
        seen = max(seen, now)
    }

    /// e^-x, near enough: it is asked for twice for each call.
    fileprivate func left(at now: MonotonicTime, of time: Double) -> Double {
        guard now > seen else { return 1 }
        let x = Double(now.nanoseconds - seen.nanoseconds) / time
        return 1 / (1 + x * (1 + x * (0.5 + x / 6)))
    }
}

extension LatencyMean {
    /// An answer took so long, which counts up and down alike.
    mutating func blend(_ sample: Double, at now: MonotonicTime) {
        nanoseconds = sample + (nanoseconds - sample) * min(left(at: now, of: Self.ageing), 1 - Self.fall)
        seen = max(seen, now)
    }
}
