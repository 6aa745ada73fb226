internal import Reactor

/// Which connections one loop has, who gets which, and when to open, check and close them. A value without I/O, clock
/// or dice.
///
/// Single statements share connections: they go to the one with the fewest under way. Small reads that are made in one
/// turn stay together, up to `groupLimit` of them or a millisecond's work: sent in one piece and executed by one
/// process of the server they cost both sides much less than one by one, and wait hardly longer. A transaction, COPY or
/// stream has one for itself: it gets an idle one, or one is set aside, which takes no more statements and is handed
/// over when those under way are done. Who came first is served first, across both kinds, where that can be.
///
/// Not copyable, as looking at it would copy all of it.
struct PostgresPoolState: ~Copyable {
    enum Demand { case shared, exclusive }

    enum Action: Equatable {
        case connect(Int)
        case close(Int)
        /// The waiter has this connection, and counts on it until `finished` or `released`.
        case grant(UInt64, Int)
        /// Ask it whether it lives; then `checked`, or close it.
        case check(Int)
        /// Everybody who waits fails with the last reason.
        case failWaiting

        /// Whether it gives this waiter a connection.
        func grants(_ waiter: UInt64) -> Bool { if case .grant(waiter, _) = self { true } else { false } }
    }

    /// connecting → open ⇄ leased / checking → gone. An open connection may be set aside.
    enum Phase: Equatable { case connecting, open, leased, checking }

    struct Connection {
        let id: Int
        var phase = Phase.connecting
        var inFlight = 0
        /// Takes no more statements, for a transaction that waits.
        var isSetAside = false
        var idleSince: MonotonicTime
        var checkedAt: MonotonicTime
        var retireAt: MonotonicTime
    }

    /// Back-off while the server is away: first, growth, most. Jitter is ±20 %.
    static let firstDelay = Duration.milliseconds(100)
    static let growth = 1.6
    static let largestDelay = Duration.seconds(2)
    /// The same while the server refuses: only somebody's work on it or on the configuration can change that, and each
    /// attempt with a wrong password is in somebody's log.
    static let firstRefusedDelay = Duration.seconds(1)
    static let largestRefusedDelay = Duration.seconds(15)

    /// Reads stay together up to so much work, in nanoseconds. Of one that has not been measured yet, four do.
    static let gathered: Int64 = 1_000_000

    let limits: PostgresPoolLimits
    private let groupLimit: Int
    /// Which connection gets the reads of this turn, how many it got and what they cost.
    private var gathering: (id: Int, count: Int, cost: Int64)?
    private(set) var connections: [Connection] = []
    private var shared = WaiterQueue()
    private var exclusive = WaiterQueue()
    private var nextID = 0
    private var nextWaiter: UInt64 = 0
    /// Attempts that failed in a row.
    private(set) var failures = 0
    private(set) var retryAt: MonotonicTime?
    private var isRefused = false
    private(set) var isClosed = false

    /// - Parameter groupLimit: how many reads may be executed together; 1 keeps them apart.
    init(limits: PostgresPoolLimits, groupLimit: Int = 1) {
        self.limits = limits
        self.groupLimit = groupLimit
    }

    /// How many connections do nothing, have work or are somebody's, and are being made.
    var tally: (idle: Int, busy: Int, connecting: Int) {
        var tally = (idle: 0, busy: 0, connecting: 0)
        for connection in connections {
            switch connection.phase {
            case .connecting: tally.connecting += 1
            case .open where connection.inFlight == 0: tally.idle += 1
            case .open, .leased, .checking: tally.busy += 1
            }
        }
        return tally
    }

    var waitingCount: Int { shared.count + exclusive.count }
    private var isFull: Bool { waitingCount >= limits.maximumWaiting }

    /// Whether waiting makes no sense: the server has refused, or been away for several attempts.
    var isHopeless: Bool {
        (isRefused || failures >= limits.attemptsBeforeFailing) && !connections.contains { $0.phase != .connecting }
    }

    /// When `tick` has something to do, at the latest.
    func nextTick() -> MonotonicTime? {
        var first = retryAt
        for connection in connections where connection.phase == .open && connection.inFlight == 0 {
            var next = min(connection.checkedAt.advanced(by: limits.healthCheckInterval), connection.retireAt)
            if connections.count > limits.minimumConnections {
                next = min(next, connection.idleSince.advanced(by: limits.idleTimeout))
            }
            first = min(next, first ?? next)
        }
        return first
    }

    // MARK: For calls

    /// The way without waiting, for a single statement: a connection with room, if nobody came before.
    /// - Parameters:
    ///   - cost: what it costs, in nanoseconds, if it is a read that may be executed together with others.
    ///   - count: for so many statements, which stay together.
    mutating func take(read cost: Int64? = nil, count: Int = 1) -> Int? {
        guard shared.isEmpty, exclusive.isEmpty, !isClosed else { return nil }
        if let cost, let index = gather(cost, count) {
            connections[index].inFlight += count
            return connections[index].id
        }
        guard let index = leastLoaded(below: limits.maximumInFlight) else { return nil }
        connections[index].inFlight += count
        if let cost { gathering = (connections[index].id, count, cost) }
        return connections[index].id
    }

    /// The connection got what was gathered for it.
    mutating func sent(_ id: Int) {
        if gathering?.id == id { gathering = nil }
    }

    /// Who was granted a connection puts so many statements more on it.
    mutating func add(_ id: Int, _ count: Int) {
        if let index = find(id) { connections[index].inFlight += count }
    }

    /// Whether `take` went to a busy connection though another may be opened.
    /// - Parameters:
    ///   - id: where it went.
    ///   - count: the statements taken, which alone are no reason for another connection.
    func wantsMore(afterTaking id: Int, count: Int = 1) -> Bool {
        guard connections.count < limits.maximumConnections, retryAt == nil, !isClosed else { return false }
        return !connections.contains {
            $0.phase == .connecting || ($0.phase == .open && $0.inFlight <= ($0.id == id ? count : 1))
        }
    }

    /// Joins the queue. Nil if it is full.
    mutating func wait(_ demand: Demand, now: MonotonicTime) -> (waiter: UInt64, actions: [Action])? {
        guard !isFull, !isClosed else { return nil }
        nextWaiter += 1
        switch demand {
        case .shared: shared.append(nextWaiter)
        case .exclusive: exclusive.append(nextWaiter)
        }
        return (nextWaiter, serve(now: now))
    }

    /// Leaves the queue: its deadline has passed, or its task was cancelled.
    mutating func giveUp(_ waiter: UInt64, now: MonotonicTime) -> [Action] {
        shared.remove(waiter)
        guard exclusive.remove(waiter) else { return [] }
        // A connection that was set aside for it may serve others again.
        return serve(now: now)
    }

    /// So many statements are over.
    mutating func finished(_ id: Int, _ count: Int = 1, now: MonotonicTime) -> [Action] {
        // One that is leased counts no statements.
        guard let index = find(id), connections[index].phase != .leased else { return [] }
        connections[index].inFlight = max(0, connections[index].inFlight - count)
        guard connections[index].inFlight == 0 || waitingCount > 0 else { return [] }
        return settle(id, now: now)
    }

    /// A transaction gave its connection back.
    mutating func released(_ id: Int, now: MonotonicTime) -> [Action] {
        guard let index = find(id), connections[index].phase == .leased else { return [] }
        connections[index].phase = .open
        return settle(id, now: now)
    }

    // MARK: From connections

    /// Opens one more, if that is allowed.
    mutating func grow(now: MonotonicTime) -> [Action] {
        guard connections.count < limits.maximumConnections, retryAt == nil, !isClosed else { return [] }
        nextID += 1
        connections.append(Connection(id: nextID, idleSince: now, checkedAt: now, retireAt: now))
        return [.connect(nextID)]
    }

    /// A connection is up.
    /// - Parameter dice: 0 to 1, spreads the ages.
    mutating func connected(_ id: Int, now: MonotonicTime, dice: Double) -> [Action] {
        guard let index = find(id) else { return [.close(id)] }
        failures = 0
        isRefused = false
        retryAt = nil
        connections[index].phase = .open
        connections[index].retireAt = now.advanced(by: limits.maximumAge * (0.9 + 0.2 * dice))
        return settle(id, now: now) + keepMinimum(now: now)
    }

    /// A connection could not be made.
    /// - Parameter isRefusal: the server is there and says no: those who wait need not wait.
    mutating func connectFailed(_ id: Int, isRefusal: Bool, now: MonotonicTime, dice: Double) -> [Action] {
        guard let index = find(id) else { return [] }
        connections.remove(at: index)
        guard !isClosed else { return [] }
        failures += 1
        isRefused = isRefusal
        retryAt = now.advanced(by: Self.delay(failures: failures, isRefusal: isRefusal) * (0.8 + 0.4 * dice))
        guard isHopeless else { return [] }
        return failWaiting()
    }

    /// A connection that was up is gone.
    mutating func lost(_ id: Int, now: MonotonicTime) -> [Action] {
        guard let index = find(id) else { return [] }
        connections.remove(at: index)
        guard !isClosed else { return [] }
        return serve(now: now) + keepMinimum(now: now)
    }

    /// It answered.
    mutating func checked(_ id: Int, now: MonotonicTime) -> [Action] {
        guard let index = find(id), connections[index].phase == .checking else { return [] }
        connections[index].phase = .open
        connections[index].checkedAt = now
        return serve(now: now)
    }

    /// Time has passed: back-off, checks, idle and old connections.
    mutating func tick(now: MonotonicTime) -> [Action] {
        guard !isClosed else { return [] }
        var actions: [Action] = []
        if let retryAt, retryAt <= now { self.retryAt = nil }
        for index in connections.indices.reversed() {
            let connection = connections[index]
            guard connection.phase == .open, connection.inFlight == 0, !connection.isSetAside else { continue }
            let isSpare = connections.count > limits.minimumConnections
            if connection.retireAt <= now || (isSpare && idleEnd(connection) <= now) {
                connections.remove(at: index)
                actions.append(.close(connection.id))
            } else if connection.checkedAt.advanced(by: limits.healthCheckInterval) <= now {
                connections[index].phase = .checking
                actions.append(.check(connection.id))
            }
        }
        return actions + serve(now: now) + keepMinimum(now: now)
    }

    /// No more.
    mutating func close() -> [Action] {
        isClosed = true
        retryAt = nil
        let closing = connections.map { Action.close($0.id) }
        connections = []
        return failWaiting() + closing
    }

    /// How long to wait after so many failures in a row, without jitter.
    static func delay(failures: Int, isRefusal: Bool) -> Duration {
        let largest = isRefusal ? largestRefusedDelay : largestDelay
        var delay = isRefusal ? firstRefusedDelay : firstDelay
        for _ in 1..<max(1, failures) where delay < largest { delay = delay * growth }
        return min(delay, largest)
    }

    // MARK: Private

    /// How many connections may be made at once: one until the server has shown that it is there, so that a server
    /// that is away or refuses is asked once, and not once for each connection that is wanted.
    private var attemptLimit: Int {
        failures == 0 && connections.contains { $0.phase != .connecting } ? limits.maximumConnections : 1
    }

    private func idleEnd(_ connection: Connection) -> MonotonicTime {
        connection.idleSince.advanced(by: limits.idleTimeout)
    }

    private func find(_ id: Int) -> Int? { connections.firstIndex { $0.id == id } }

    /// Where the other reads of this turn went, if this one may join them.
    private mutating func gather(_ cost: Int64, _ count: Int) -> Int? {
        guard let present = gathering, present.count + count <= groupLimit, present.cost + cost <= Self.gathered,
            let index = find(present.id), connections[index].phase == .open, !connections[index].isSetAside,
            connections[index].inFlight < limits.maximumInFlight
        else { return nil }
        gathering = (present.id, present.count + count, present.cost + cost)
        return index
    }

    private func leastLoaded(below limit: Int) -> Int? {
        var best: Int?
        var load = limit
        for index in connections.indices
        where connections[index].phase == .open && !connections[index].isSetAside && connections[index].inFlight < load
        {
            (best, load) = (index, connections[index].inFlight)
        }
        return best
    }

    private mutating func failWaiting() -> [Action] {
        guard waitingCount > 0 else { return [] }
        shared.removeAll()
        exclusive.removeAll()
        return [.failWaiting]
    }

    private mutating func keepMinimum(now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        var making = connections.count { $0.phase == .connecting }
        while connections.count < limits.minimumConnections, retryAt == nil, making < attemptLimit {
            actions += grow(now: now)
            making += 1
        }
        return actions
    }

    /// A connection may have become idle.
    private mutating func settle(_ id: Int, now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        if let index = find(id), connections[index].inFlight == 0, connections[index].phase == .open {
            connections[index].idleSince = now
            connections[index].checkedAt = now
            if connections[index].retireAt <= now {
                connections.remove(at: index)
                actions.append(.close(id))
            }
        }
        return actions + serve(now: now)
    }

    /// Hands out what can be handed out, and opens and sets aside what is missing.
    private mutating func serve(now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        setAside()
        while !isClosed {
            let (first, second) = (shared.first(), exclusive.first())
            let sharedIndex = first == nil ? nil : leastLoaded(below: limits.maximumInFlight)
            let idleIndex = second == nil ? nil : connections.firstIndex { $0.phase == .open && $0.inFlight == 0 }
            if let second, let idleIndex, second < first ?? .max || sharedIndex == nil || idleIndex != sharedIndex {
                connections[idleIndex].phase = .leased
                connections[idleIndex].isSetAside = false
                exclusive.removeFirst()
                actions.append(.grant(second, connections[idleIndex].id))
            } else if let first, let sharedIndex {
                connections[sharedIndex].inFlight += 1
                shared.removeFirst()
                actions.append(.grant(first, connections[sharedIndex].id))
            } else {
                break
            }
        }
        setAside()
        return actions + growForWaiting(now: now)
    }

    /// As many connections are set aside as transactions wait, but those that are being made count first.
    private mutating func setAside() {
        let making = connections.count { $0.phase == .connecting || $0.phase == .checking }
        let room = retryAt == nil ? limits.maximumConnections - connections.count : 0
        var needed = max(0, exclusive.count - making - room)
        for index in connections.indices where connections[index].isSetAside {
            if needed > 0 { needed -= 1 } else { connections[index].isSetAside = false }
        }
        while needed > 0, let index = leastLoaded(below: .max) {
            connections[index].isSetAside = true
            needed -= 1
        }
    }

    private mutating func growForWaiting(now: MonotonicTime) -> [Action] {
        guard retryAt == nil, waitingCount > 0 else { return [] }
        let limit = attemptLimit
        var actions: [Action] = []
        var making = connections.count { $0.phase == .connecting }
        let sharedNeed = (shared.count + limits.maximumInFlight - 1) / limits.maximumInFlight
        while making < min(limit, exclusive.count + sharedNeed), connections.count < limits.maximumConnections {
            actions += grow(now: now)
            making += 1
        }
        return actions
    }
}
