internal import Reactor

/// How well an endpoint does its work, and whether it is ejected. A value.
struct EndpointHealth {
    /// Failures one after the other, up to now.
    private(set) var failuresInARow = 0
    /// How often it was ejected; good times take away from it.
    private(set) var ejections = 0
    /// No calls before that, and then one; nil when it is not ejected.
    private(set) var ejectedUntil: MonotonicTime?
    private var window: OutcomeWindow

    init(_ rules: OutlierRules) {
        window = OutcomeWindow(rules.sweep)
    }

    var isEjected: Bool { ejectedUntil != nil }

    mutating func record(good: Bool, at now: MonotonicTime) {
        failuresInARow = good ? 0 : failuresInARow + 1
        window.add(good: good, at: now)
    }

    mutating func sums(at now: MonotonicTime) -> (good: Int, all: Int) { window.sums(at: now) }

    mutating func eject(at now: MonotonicTime, _ rules: OutlierRules) {
        ejections += 1
        ejectedUntil = now.advanced(by: min(rules.firstEjection * ejections, rules.longestEjection))
        failuresInARow = 0
        window.forget()
    }

    /// The one call that tries it has been sent.
    mutating func probe(at now: MonotonicTime, _ rules: OutlierRules) {
        ejectedUntil = now.advanced(by: rules.probePatience)
        isProbed = true
    }

    /// Whether that call is under way.
    private(set) var isProbed = false

    /// The one call said nothing: the next one tries.
    mutating func abandonProbe(at now: MonotonicTime) {
        guard isProbed else { return }
        isProbed = false
        ejectedUntil = now
    }

    mutating func readmit() {
        ejectedUntil = nil
        isProbed = false
        failuresInARow = 0
        window.forget()
    }

    mutating func ejectAgain(at now: MonotonicTime, _ rules: OutlierRules) {
        isProbed = false
        eject(at: now, rules)
    }

    /// A sweep found it in use.
    mutating func forgive() { ejections = max(0, ejections - 1) }
}
