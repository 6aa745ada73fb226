internal import Reactor

/// Ejection: endpoints that fail get no calls for a while, then one that tries them.
extension Balancer {
    /// Compares the endpoints. Once every `rules.sweep`.
    mutating func sweep(now: MonotonicTime) {
        var sums: [(slot: Int, good: Int, all: Int)] = []
        for slot in slots.indices where slots[slot]?.health.isEjected == false {
            slots[slot]?.health.forgive()
            if let (good, all) = slots[slot]?.health.sums(at: now) { sums.append((slot, good, all)) }
        }
        let (good, all) = sums.reduce((0, 0)) { ($0.0 + $1.good, $0.1 + $1.all) }
        // The worst first, as not all may be ejected.
        let judged = sums.filter { $0.all >= rules.leastAnswers && all - $0.all >= rules.leastAnswers }
            .map { (slot: $0.slot, share: share($0.good, $0.all), others: share(good - $0.good, all - $0.all)) }
            .sorted { $0.share < $1.share }
        for entry in judged where entry.share < rules.goodShare && entry.share + rules.margin < entry.others {
            eject(entry.slot, now)
        }
    }

    private func share(_ good: Int, _ all: Int) -> Double { Double(good) / Double(all) }

    /// An answer has come from an endpoint, or a failure.
    mutating func judge(_ slot: Int, isGood: Bool, _ now: MonotonicTime) {
        slots[slot]?.health.record(good: isGood, at: now)
        guard let until = slots[slot]?.health.ejectedUntil else {
            if !isGood, slots[slot]?.health.failuresInARow ?? 0 >= rules.failuresInARow { eject(slot, now) }
            return
        }
        // Calls from before the ejection end too, and say nothing new.
        guard slots[slot]?.health.isProbed == true || until <= now else { return }
        if isGood {
            slots[slot]?.health.readmit()
            slots[slot]?.latency = LatencyMean(typical?.nanoseconds ?? Self.leastLatency, at: now)
        } else {
            slots[slot]?.health.ejectAgain(at: now, rules)
            ejections += 1
        }
        rebuild()
    }

    private mutating func eject(_ slot: Int, _ now: MonotonicTime) {
        let ejected = slots.count { $0?.health.isEjected == true }
        let count = slots.count { $0 != nil }
        guard Double(ejected + 1) <= Double(count) * rules.mostEjected else { return }
        slots[slot]?.health.eject(at: now, rules)
        ejections += 1
        rebuild()
    }

    /// An ejected endpoint whose time is over, for the one call that tries it.
    mutating func probe(_ now: MonotonicTime) -> Int? {
        let due = slots.firstIndex { endpoint in
            guard let endpoint, let until = endpoint.health.ejectedUntil else { return false }
            return endpoint.state == .ready && until <= now && endpoint.inFlight < endpoint.streams
        }
        if let due { slots[due]?.health.probe(at: now, rules) }
        scheduleProbe()
        return due
    }

    mutating func abandonProbe(_ slot: Int, _ now: MonotonicTime) {
        guard slots[slot]?.health.isProbed == true else { return }
        slots[slot]?.health.abandonProbe(at: now)
        scheduleProbe()
    }

    /// Finds anew who may take calls: the ready who are not ejected, or all who are ready where those are too few (panic),
    /// as then the fault is hardly theirs.
    mutating func rebuild() {
        let ready = slots.indices.filter { slots[$0]?.state == .ready }
        let sound = ready.filter { slots[$0]?.health.isEjected == false }
        let count = slots.count { $0 != nil }
        usable = Double(sound.count) < Double(count) * (1 - rules.mostEjected) ? ready : sound
        scheduleProbe()
    }

    private mutating func scheduleProbe() {
        nextProbe = slots.reduce(MonotonicTime(nanoseconds: .max)) { earliest, endpoint in
            guard let endpoint, endpoint.state == .ready, let until = endpoint.health.ejectedUntil else {
                return earliest
            }
            return min(earliest, until)
        }
    }
}
