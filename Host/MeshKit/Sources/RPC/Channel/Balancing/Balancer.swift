internal import Reactor

/// Which endpoints a channel has on one loop, and which of them gets the next call: power of two choices on the expected
/// time of an answer, an ageing mean times the calls in flight. A value without I/O, clock or dice.
struct Balancer {
    /// An endpoint, for as long as the name stands for it.
    struct ID: Hashable {
        let slot: Int
        let generation: UInt32
    }

    /// What to do after an event.
    enum Action: Equatable {
        case connect(ID, SocketAddress)
        /// One connection more.
        case widen(ID)
        case close(ID)
        /// Connect again at this moment, by `retryDue`.
        case retry(ID, at: MonotonicTime)
    }

    /// connecting → ready → waiting → connecting …; a removed endpoint is forgotten at once.
    enum State: Equatable {
        case connecting
        case ready
        case waiting(until: MonotonicTime)
    }

    /// Where a call goes.
    enum Choice: Equatable {
        case endpoint(ID)
        /// Whoever is ready has all the calls that he takes.
        case full
        /// Nobody is ready.
        case none
    }

    struct Endpoint {
        let id: ID
        let address: SocketAddress
        var state: State
        /// Attempts to connect that failed, one after the other.
        var attemptsFailed = 0
        /// When it was last connected to.
        var attempted: MonotonicTime
        var inFlight = 0
        /// Streams that its connections take together.
        var streams = 0
        var connections = 0
        var isWidening = false
        /// Not before that is another connection tried.
        var widenAgain = MonotonicTime(nanoseconds: 0)
        var latency: LatencyMean
        var health: EndpointHealth
        /// When it got its last call, and how many calls all endpoints had had then.
        var picked: MonotonicTime
        var picks = 0
    }

    /// Back-off of a connection: first, growth, most; jitter is ±20 %. Not gRPC's 1 s and 120 s: the peers are few, near and
    /// our own, an attempt costs them one packet, and a replica that is back is wanted within seconds.
    static let firstDelay = Duration.milliseconds(100)
    static let growth = 1.6
    static let largestDelay = Duration.seconds(10)
    /// Between two attempts that calls ask for.
    static let shortestGap = Duration.milliseconds(50)
    /// How long a call waits for an attempt at an endpoint that has failed before.
    static let patience = Duration.milliseconds(250)
    /// Between two attempts at a further connection.
    static let wideningGap = Duration.seconds(1)
    /// Differences below it are the machine's noise, not the endpoint's.
    static let leastLatency = 1_000_000.0
    /// A slow endpoint that had no call for so long, while there were so many, has the next one as if it were like the others.
    static let forgotten = Duration.milliseconds(250)
    static let forgottenCalls = 100

    let rules: OutlierRules
    let limits: EndpointLimits
    /// Places of endpoints, which are used again: nil where there is none.
    var slots: [Endpoint?] = []
    /// Calls that were given to endpoints.
    var picks = 0
    private var generation: UInt32 = 0
    private var order: [Int] = []
    /// The places that calls may go to.
    var usable: [Int] = []
    /// How long the pool's answers take, slow endpoints less than their calls; nil before the first.
    private(set) var typical: LatencyMean?
    /// How often an endpoint was ejected.
    var ejections = 0
    /// When the next ejected endpoint is to be tried.
    var nextProbe = MonotonicTime(nanoseconds: .max)

    init(rules: OutlierRules = OutlierRules(), limits: EndpointLimits = EndpointLimits()) {
        self.rules = rules
        self.limits = limits
    }

    /// The endpoints, in the resolver's order.
    var endpoints: [Endpoint] { order.compactMap { slots[$0] } }
    /// Their addresses.
    var addresses: [SocketAddress] { endpoints.map(\.address) }
    /// Whether some endpoint can take calls.
    var isReady: Bool { !usable.isEmpty }

    subscript(id: ID) -> Endpoint? { find(id).flatMap { slots[$0] } }

    // MARK: The name

    /// The name stands for these addresses now. New ones are connected to, gone ones closed.
    mutating func resolved(_ addresses: [SocketAddress], now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        var known: [SocketAddress: Int] = [:]
        for slot in order {
            guard let endpoint = slots[slot] else { continue }
            if addresses.contains(endpoint.address) {
                known[endpoint.address] = slot
            } else {
                actions.append(.close(endpoint.id))
                slots[slot] = nil
            }
        }
        order = []
        for address in addresses {
            if let slot = known[address] {
                if !order.contains(slot) { order.append(slot) }
                continue
            }
            let endpoint = add(address, now)
            known[address] = endpoint.id.slot
            order.append(endpoint.id.slot)
            actions.append(.connect(endpoint.id, address))
        }
        rebuild()
        return actions
    }

    private mutating func add(_ address: SocketAddress, _ now: MonotonicTime) -> Endpoint {
        let slot = slots.firstIndex { $0 == nil } ?? slots.count
        if slot == slots.count { slots.append(nil) }
        generation &+= 1
        let endpoint = Endpoint(
            id: ID(slot: slot, generation: generation),
            address: address,
            state: .connecting,
            attempted: now,
            // Not 0, else a new endpoint would draw every call.
            latency: LatencyMean(typical?.nanoseconds ?? Self.leastLatency, at: now),
            health: EndpointHealth(rules),
            picked: now,
            picks: picks
        )
        slots[slot] = endpoint
        return endpoint
    }

    // MARK: Connections

    /// A connection is up, the first one of its endpoint.
    mutating func connected(_ id: ID) {
        guard let slot = find(id) else { return }
        slots[slot]?.state = .ready
        slots[slot]?.attemptsFailed = 0
        rebuild()
    }

    /// So many connections are up and take so many streams together.
    mutating func resized(_ id: ID, connections: Int, streams: Int) {
        guard let slot = find(id) else { return }
        slots[slot]?.connections = connections
        slots[slot]?.streams = streams
    }

    /// A connection could not be made or was lost, and there is no other.
    /// - Parameter dice: 0 to 1, for the jitter.
    mutating func failed(_ id: ID, now: MonotonicTime, dice: Double) -> [Action] {
        guard let slot = find(id) else { return [] }
        let failures = (slots[slot]?.attemptsFailed ?? 0) + 1
        var delay = Self.firstDelay
        for _ in 1..<failures where delay < Self.largestDelay { delay = delay * Self.growth }
        let until = now.advanced(by: min(delay, Self.largestDelay) * (0.8 + 0.4 * dice))
        slots[slot]?.attemptsFailed = failures
        slots[slot]?.state = .waiting(until: until)
        rebuild()
        return [.retry(id, at: until)]
    }

    /// The peer goes away in order: connect anew, at once.
    mutating func goingAway(_ id: ID, now: MonotonicTime) -> [Action] {
        guard let slot = find(id), let endpoint = slots[slot], endpoint.state == .ready else { return [] }
        return [connect(slot, endpoint, now)]
    }

    /// The time of a retry has come.
    mutating func retryDue(_ id: ID, now: MonotonicTime) -> [Action] {
        // Another attempt may have been made since, and failed: it has a time of its own.
        guard let slot = find(id), let endpoint = slots[slot], case .waiting(let until) = endpoint.state, until <= now
        else { return [] }
        return [connect(slot, endpoint, now)]
    }

    /// A call finds no endpoint ready. Those that wait for their next attempt have it now, unless they had one a moment
    /// ago: in a rolling restart the replica that is back is needed when the next one leaves, not when its time comes.
    mutating func wanted(now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for slot in order {
            guard let endpoint = slots[slot], case .waiting = endpoint.state,
                endpoint.attempted.advanced(by: Self.shortestGap) <= now
            else { continue }
            actions.append(connect(slot, endpoint, now))
        }
        return actions
    }

    private mutating func connect(_ slot: Int, _ endpoint: Endpoint, _ now: MonotonicTime) -> Action {
        slots[slot]?.state = .connecting
        slots[slot]?.attempted = now
        rebuild()
        return .connect(endpoint.id, endpoint.address)
    }

    /// A call finds whoever is ready full: they get one connection more, where that may be.
    mutating func crowded(now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for slot in usable {
            guard let endpoint = slots[slot], !endpoint.isWidening, endpoint.widenAgain <= now,
                endpoint.connections < limits.connections, endpoint.inFlight < limits.calls
            else { continue }
            slots[slot]?.isWidening = true
            slots[slot]?.widenAgain = now.advanced(by: Self.wideningGap)
            actions.append(.widen(endpoint.id))
        }
        return actions
    }

    /// The attempt at a further connection is over. After a success the next one need not wait.
    mutating func widened(_ id: ID, _ hasSucceeded: Bool) {
        guard let slot = find(id), slots[slot]?.isWidening == true else { return }
        slots[slot]?.isWidening = false
        if hasSucceeded { slots[slot]?.widenAgain = MonotonicTime(nanoseconds: 0) }
    }

    // MARK: Hope

    /// Whether some endpoint is on its way up, for the first time or for a moment, so that waiting makes sense.
    func isHopeful(_ now: MonotonicTime) -> Bool {
        endpoints.contains {
            $0.state == .connecting && ($0.attemptsFailed == 0 || $0.attempted.advanced(by: Self.patience) > now)
        }
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

    // MARK: Ends of calls

    /// A call has ended.
    /// - Parameter nanoseconds: how long it took; nil when that says nothing.
    mutating func finished(_ id: ID, _ verdict: CallVerdict, nanoseconds: UInt64?, now: MonotonicTime) {
        guard let slot = find(id) else { return }
        slots[slot]?.inFlight -= 1
        guard verdict != .nothing else {
            abandonProbe(slot, now)
            return
        }
        let pool = typical?.nanoseconds ?? Self.leastLatency
        let measured = Double(nanoseconds ?? 0)
        if verdict == .good {
            slots[slot]?.latency.add(measured, at: now, towards: pool)
            if typical == nil { typical = LatencyMean(measured, at: now) } else { typical?.blend(measured, at: now) }
        } else {
            // Who fails at once would else draw every call.
            let slow = max(measured, pool * Self.penalty, Self.leastLatency * Self.penalty)
            slots[slot]?.latency.add(slow, at: now, towards: pool)
        }
        judge(slot, isGood: verdict != .failed, now)
    }

    /// A failure counts as an answer so many times as late as others.
    static let penalty = 10.0

    func find(_ id: ID) -> Int? {
        id.slot < slots.count && slots[id.slot]?.id == id ? id.slot : nil
    }
}
