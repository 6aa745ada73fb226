internal import Reactor

extension Balancer {
    /// The endpoint for the next call, and counts it there.
    /// - Parameter avoided: where an attempt of the same call was made; taken only if there is nobody else.
    mutating func pick(now: MonotonicTime, avoiding avoided: ID? = nil, using dice: inout SplitMix64) -> Choice {
        if nextProbe <= now, let slot = probe(now) { return take(slot, now) }
        guard usable.count > 1 else {
            guard let slot = usable.first else { return .none }
            return hasRoom(slot) ? take(slot, now) : .full
        }
        let first = dice.below(usable.count)
        var second = dice.below(usable.count - 1)
        if second >= first { second += 1 }
        var (better, other) = (usable[first], usable[second])
        if isBetter(other, than: better, now) { swap(&better, &other) }
        if let avoided, slots[better]?.id == avoided { swap(&better, &other) }
        if hasRoom(better) { return take(better, now) }
        if hasRoom(other) { return take(other, now) }
        let rest = usable.filter { hasRoom($0) }
        guard let slot = rest.min(by: { isBetter($0, than: $1, now) }) else { return .full }
        return take(slot, now)
    }

    private mutating func take(_ slot: Int, _ now: MonotonicTime) -> Choice {
        guard let id = slots[slot]?.id else { return .none }
        picks += 1
        slots[slot]?.picks = picks
        slots[slot]?.picked = now
        slots[slot]?.inFlight += 1
        return .endpoint(id)
    }

    private func hasRoom(_ slot: Int) -> Bool {
        (slots[slot]?.inFlight ?? 0) < min(slots[slot]?.streams ?? 0, limits.calls)
    }

    /// Endpoints of which none is twice as slow as the other share the calls evenly: a mean is not more exact than that.
    private func isBetter(_ left: Int, than right: Int, _ now: MonotonicTime) -> Bool {
        let (leftTime, rightTime) = (latency(left, now), latency(right, now))
        let (leftCalls, rightCalls) = (slots[left]?.inFlight ?? 0, slots[right]?.inFlight ?? 0)
        if leftTime < 2 * rightTime, rightTime < 2 * leftTime { return leftCalls < rightCalls }
        return leftTime * Double(leftCalls + 1) < rightTime * Double(rightCalls + 1)
    }

    private func latency(_ slot: Int, _ now: MonotonicTime) -> Double {
        let pool = typical?.nanoseconds ?? Self.leastLatency
        let mean = slots[slot]?.latency.aged(at: now, towards: pool) ?? pool
        return max(Self.leastLatency, mean > pool && isForgotten(slot, now) ? pool : mean)
    }

    private func isForgotten(_ slot: Int, _ now: MonotonicTime) -> Bool {
        guard picks - (slots[slot]?.picks ?? picks) >= Self.forgottenCalls, let picked = slots[slot]?.picked else {
            return false
        }
        return picked.duration(to: now) >= Self.forgotten
    }
}
