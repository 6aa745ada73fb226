import Observe

/// What a source said of one symbol in the last quarter of an hour and a little more, thinned out: the newest that is old
/// enough to be shown, and all that will be. A value without a clock.
struct DelayBuffer<Observation> {
    /// Two observations are at least so far apart.
    let spacing: Duration
    private var kept: [(at: WallTime, observation: Observation)] = []

    init(spacing: Duration = .seconds(15)) { self.spacing = spacing }

    /// How many it holds.
    var count: Int { kept.count }

    /// Adds what was just observed; drops what is older than the newest that may be shown at `now`.
    mutating func add(_ observation: Observation, at now: WallTime, delay: Duration) {
        if let last = kept.last, last.at.duration(to: now) < spacing { return trim(now, delay) }
        kept.append((now, observation))
        trim(now, delay)
    }

    /// The newest that is `delay` old.
    func shown(at now: WallTime, delay: Duration) -> (at: WallTime, observation: Observation)? {
        kept.last { $0.at.duration(to: now) >= delay }
    }

    private mutating func trim(_ now: WallTime, _ delay: Duration) {
        guard let newest = kept.lastIndex(where: { $0.at.duration(to: now) >= delay }), newest > 0 else { return }
        kept.removeFirst(newest)
    }
}
