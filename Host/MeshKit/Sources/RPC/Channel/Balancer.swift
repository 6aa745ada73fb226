internal import Reactor

/// Which endpoints a channel has on one loop, and which of them gets the next call: power of two choices on the expected
/// time of an answer, an exponentially weighted mean times the calls in flight. A value without I/O, clock or dice.
struct Balancer {
    /// What to do after an event.
    enum Action: Equatable {
        case connect(SocketAddress)
        case close(SocketAddress)
        /// Connect again at this moment, by `retryDue`.
        case retry(SocketAddress, at: MonotonicTime)
    }

    /// idle → connecting → ready → waiting → connecting …; a removed endpoint is forgotten at once.
    enum State: Equatable {
        case connecting
        case ready
        case waiting(until: MonotonicTime)
    }

    private struct Endpoint {
        var address: SocketAddress
        var state: State
        var failures = 0
        /// When it was last connected to.
        var attempted: MonotonicTime
        var inFlight = 0
        /// Nanoseconds. Starts at 1 ms, else a new endpoint would draw every call.
        var mean = 1_000_000.0
    }

    /// Back-off of a connection: first, growth, most. Jitter is ±20 %.
    static let firstDelay = Duration.milliseconds(100)
    static let growth = 1.6
    static let largestDelay = Duration.seconds(10)
    /// Between two attempts that calls ask for.
    static let shortestGap = Duration.milliseconds(50)
    /// How long a call waits for an attempt at an endpoint that has failed before.
    static let patience = Duration.milliseconds(250)

    private var endpoints: [Endpoint] = []

    /// The addresses, in the resolver's order.
    var addresses: [SocketAddress] { endpoints.map(\.address) }
    /// Whether some endpoint can take calls.
    var isReady: Bool { endpoints.contains { $0.state == .ready } }

    /// Whether some endpoint is on its way up, for the first time or for a moment, so that waiting makes sense.
    func isHopeful(_ now: MonotonicTime) -> Bool {
        endpoints.contains {
            $0.state == .connecting && ($0.failures == 0 || $0.attempted.advanced(by: Self.patience) > now)
        }
    }

    func state(_ address: SocketAddress) -> State? {
        find(address).map { endpoints[$0].state }
    }

    /// The name stands for these addresses now. New ones are connected to, gone ones closed.
    mutating func resolved(_ addresses: [SocketAddress], now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for endpoint in endpoints where !addresses.contains(endpoint.address) {
            actions.append(.close(endpoint.address))
        }
        endpoints.removeAll { !addresses.contains($0.address) }
        for address in addresses where find(address) == nil {
            endpoints.append(Endpoint(address: address, state: .connecting, attempted: now))
            actions.append(.connect(address))
        }
        return actions
    }

    /// A connection is up.
    mutating func connected(_ address: SocketAddress) {
        guard let index = find(address) else { return }
        endpoints[index].state = .ready
        endpoints[index].failures = 0
    }

    /// A connection could not be made or was lost.
    /// - Parameter dice: 0 to 1, for the jitter.
    mutating func failed(_ address: SocketAddress, now: MonotonicTime, dice: Double) -> [Action] {
        guard let index = find(address) else { return [] }
        endpoints[index].failures += 1
        endpoints[index].inFlight = 0
        var delay = Self.firstDelay
        for _ in 1..<max(endpoints[index].failures, 1) where delay < Self.largestDelay { delay = delay * Self.growth }
        let until = now.advanced(by: min(delay, Self.largestDelay) * (0.8 + 0.4 * dice))
        endpoints[index].state = .waiting(until: until)
        return [.retry(address, at: until)]
    }

    /// The peer goes away in order: connect anew, at once.
    mutating func goingAway(_ address: SocketAddress, now: MonotonicTime) -> [Action] {
        guard let index = find(address), endpoints[index].state == .ready else { return [] }
        endpoints[index].state = .connecting
        endpoints[index].attempted = now
        endpoints[index].inFlight = 0
        return [.connect(address)]
    }

    /// The time of a retry has come.
    mutating func retryDue(_ address: SocketAddress, now: MonotonicTime) -> [Action] {
        // Another attempt may have been made since, and failed: it has a time of its own.
        guard let index = find(address), case .waiting(let until) = endpoints[index].state, until <= now else {
            return []
        }
        endpoints[index].state = .connecting
        endpoints[index].attempted = now
        return [.connect(address)]
    }

    /// A call finds no endpoint ready. Those that wait for their next attempt have it now, unless they had one a moment
    /// ago: in a rolling restart the replica that is back is needed when the next one leaves, not when its time comes.
    mutating func wanted(now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for index in endpoints.indices {
            guard case .waiting = endpoints[index].state,
                endpoints[index].attempted.advanced(by: Self.shortestGap) <= now
            else { continue }
            endpoints[index].state = .connecting
            endpoints[index].attempted = now
            actions.append(.connect(endpoints[index].address))
        }
        return actions
    }

    /// When an endpoint may be tried that has not been since a call began: what was true before need not be any more. Nil
    /// where all have been, so that the call has nothing to wait for.
    func nextAttempt(since begun: MonotonicTime) -> MonotonicTime? {
        endpoints.compactMap { endpoint in
            guard case .waiting = endpoint.state, endpoint.attempted < begun else { return nil }
            return endpoint.attempted.advanced(by: Self.shortestGap)
        }
        .min()
    }

    /// The endpoint for the next call, and counts it there. `dice` gives numbers below its argument.
    mutating func pick(dice: (Int) -> Int) -> SocketAddress? {
        if endpoints.count == 1 {
            guard endpoints[0].state == .ready else { return nil }
            endpoints[0].inFlight += 1
            return endpoints[0].address
        }
        let ready = endpoints.indices.filter { endpoints[$0].state == .ready }
        guard !ready.isEmpty else { return nil }
        var chosen = ready[0]
        if ready.count > 1 {
            let first = dice(ready.count)
            var second = dice(ready.count - 1)
            if second >= first { second += 1 }
            chosen = cost(ready[first]) <= cost(ready[second]) ? ready[first] : ready[second]
        }
        endpoints[chosen].inFlight += 1
        return endpoints[chosen].address
    }

    /// A call has ended; `nanoseconds` is nil when its time says nothing, as after a cancellation.
    mutating func finished(_ address: SocketAddress, nanoseconds: UInt64?) {
        guard let index = find(address) else { return }
        endpoints[index].inFlight = max(0, endpoints[index].inFlight - 1)
        guard let nanoseconds else { return }
        // Peaks count at once, recovery takes its time.
        let sample = Double(nanoseconds)
        let mean = endpoints[index].mean
        endpoints[index].mean = sample > mean ? sample : mean + (sample - mean) * 0.05
    }

    private func cost(_ index: Int) -> Double {
        endpoints[index].mean * Double(endpoints[index].inFlight + 1)
    }

    private func find(_ address: SocketAddress) -> Int? {
        endpoints.firstIndex { $0.address == address }
    }
}
