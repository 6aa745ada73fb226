import Reactor
import Testing

@testable import RPC

@Suite
struct BalancerTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    // MARK: Connections

    @Test
    func newAddressesAreConnectedAndGoneOnesClosed() throws {
        var balancer = Balancer()
        let addresses = try (1...3).map { try BalancerPool.address($0) }
        let first = balancer.resolved([addresses[0], addresses[1]], now: now)
        let (a, b) = (balancer.endpoints[0].id, balancer.endpoints[1].id)
        #expect(first == [.connect(a, addresses[0]), .connect(b, addresses[1])])
        #expect(!balancer.isReady)
        #expect(balancer.isHopeful(now))
        balancer.connected(a)
        #expect(balancer.isReady)
        let second = balancer.resolved([addresses[0], addresses[2]], now: now)
        let c = balancer.endpoints[1].id
        #expect(second == [.close(b), .connect(c, addresses[2])])
        #expect(balancer.addresses == [addresses[0], addresses[2]])
        #expect(balancer.endpoints[0].id == a)
    }

    @Test
    func callsOfAnEndpointThatIsGoneDoNotCountForItsSuccessor() throws {
        var pool = try BalancerPool(2)
        let gone = pool.ids[1]
        let other = try found(pool.pick(avoiding: pool.ids[0]))
        #expect(other == gone)
        try pool.resolve(1...1)
        try pool.resolve(1...3)
        #expect(pool.ids[1].slot == gone.slot && pool.ids[1] != gone)
        pool.balancer.finished(gone, .failed, nanoseconds: 1, now: pool.now)
        #expect(pool.balancer[pool.ids[1]]?.inFlight == 0)
        #expect(pool.balancer[pool.ids[1]]?.health.failuresInARow == 0)
        #expect(pool.balancer[gone] == nil)
    }

    @Test
    func backOffGrowsUpToItsLimitAndStaysWithinTheJitter() throws {
        var balancer = Balancer()
        let address = try BalancerPool.address(1)
        _ = balancer.resolved([address], now: now)
        let a = balancer.endpoints[0].id
        var last = Duration.zero
        for attempt in 1...20 {
            for dice in [0.0, 1.0] {
                var copy = balancer
                guard case .retry(_, let time)? = copy.failed(a, now: now, dice: dice).first else {
                    Issue.record("a failure is followed by a retry")
                    return
                }
                let delay = now.duration(to: time)
                #expect(delay <= .seconds(12))
                if dice == 1.0, attempt < 8 {
                    #expect(delay > last)
                    last = delay
                }
            }
            _ = balancer.failed(a, now: now, dice: 0.5)
            #expect(!balancer.isHopeful(now))
            let early = balancer.retryDue(a, now: now)
            #expect(early == [])
            let due = balancer.retryDue(a, now: now.advanced(by: .seconds(12)))
            #expect(due == [.connect(a, address)])
        }
        balancer.connected(a)
        guard case .retry(_, let time)? = balancer.failed(a, now: now, dice: 0.5).first else {
            Issue.record("a failure is followed by a retry")
            return
        }
        #expect(now.duration(to: time) < .milliseconds(121))
    }

    @Test
    func anEndpointThatGoesAwayTakesNoCallsAndIsConnectedAnew() throws {
        var pool = try BalancerPool(1)
        let a = pool.ids[0]
        let first = pool.balancer.goingAway(a, now: pool.now)
        #expect(first == [.connect(a, try BalancerPool.address(1))])
        expect(pool.choose(), .none)
        let second = pool.balancer.goingAway(a, now: pool.now)
        #expect(second == [])
    }

    @Test
    func aCallThatFindsNobodyTriesWhoeverWaits() throws {
        var balancer = Balancer()
        let addresses = try (1...2).map { try BalancerPool.address($0) }
        _ = balancer.resolved(addresses, now: now)
        let (a, b) = (balancer.endpoints[0].id, balancer.endpoints[1].id)
        for _ in 1...8 { _ = balancer.failed(a, now: now, dice: 0.5) }
        let tooSoon = balancer.wanted(now: now)
        #expect(tooSoon == [])
        // A call that began since waits for that attempt, one that has had it does not.
        let next = balancer.nextAttempt(since: now.advanced(by: .milliseconds(1)))
        #expect(next == now.advanced(by: Balancer.shortestGap))
        #expect(balancer.nextAttempt(since: now) == nil)
        let later = now.advanced(by: Balancer.shortestGap)
        let wanted = balancer.wanted(now: later)
        #expect(wanted == [.connect(a, addresses[0])])
        let twice = balancer.wanted(now: later.advanced(by: .seconds(1)))
        #expect(twice == [])
        _ = balancer.failed(b, now: later, dice: 0.5)
        // The attempt is waited for, for a moment.
        #expect(balancer.isHopeful(later))
        #expect(!balancer.isHopeful(later.advanced(by: Balancer.patience)))
        balancer.resized(a, connections: 1, streams: 10)
        balancer.connected(a)
        var dice = SplitMix64(seed: 1)
        let picked = balancer.pick(now: later, using: &dice)
        #expect(picked == .endpoint(a))
    }

    // MARK: Room

    @Test
    func aFullEndpointIsLeftOutAndWhereAllAreFullTheyGetConnections() throws {
        var pool = try BalancerPool(2, streams: 3, limits: EndpointLimits(calls: 5000, connections: 2))
        var counts: [Balancer.ID: Int] = [:]
        while let id = pool.pick() { counts[id, default: 0] += 1 }
        #expect(counts == [pool.ids[0]: 3, pool.ids[1]: 3])
        expect(pool.choose(), .full)
        let wider = pool.balancer.crowded(now: pool.now)
        #expect(Set(wider.map { "\($0)" }) == Set(pool.ids.map { "\(Balancer.Action.widen($0))" }))
        let again = pool.balancer.crowded(now: pool.now)
        #expect(again == [])
        let wide = pool.ids[0]
        pool.balancer.resized(wide, connections: 2, streams: 6)
        pool.balancer.widened(wide, true)
        for _ in 0..<3 { expect(pool.pick(), wide) }
        expect(pool.choose(), .full)
        // It has all the connections that it may have; the other attempt fails, and is not repeated at once.
        pool.balancer.widened(pool.ids[1], false)
        let soon = pool.balancer.crowded(now: pool.now)
        #expect(soon == [])
        pool.pass(Balancer.wideningGap)
        let late = pool.balancer.crowded(now: pool.now)
        #expect(late == [.widen(pool.ids[1])])
    }

    @Test
    func anEndpointTakesNoMoreCallsThanItsLimit() throws {
        var pool = try BalancerPool(1, limits: EndpointLimits(calls: 4, connections: 10))
        for _ in 0..<4 { expect(pool.pick(), pool.ids[0]) }
        expect(pool.choose(), .full)
        // More connections would not help.
        let wider = pool.balancer.crowded(now: pool.now)
        #expect(wider == [])
        pool.balancer.finished(pool.ids[0], .good, nanoseconds: 1000, now: pool.now)
        expect(pool.pick(), pool.ids[0])
    }

    // MARK: Choice

    @Test
    func slowEndpointsGetFewerCalls() throws {
        var pool = try BalancerPool(2)
        let fast = pool.ids[0]
        let counts = pool.call(1000) { id, _ in (.good, milliseconds: id == fast ? 1 : 50) }
        #expect(counts[fast, default: 0] > 900)
    }

    @Test
    func callsInFlightAreSpread() throws {
        var pool = try BalancerPool(4)
        var counts: [Balancer.ID: Int] = [:]
        for _ in 0..<400 {
            let id = try found(pool.pick())
            counts[id, default: 0] += 1
        }
        for id in pool.ids { #expect((80...120).contains(counts[id, default: 0])) }
    }

    /// One call at a time, on a quiet channel: the mean must age, or an endpoint that was slow once gets nothing for ever.
    @Test
    func anEndpointThatWasSlowOnceIsTriedAgain() throws {
        var pool = try BalancerPool(2)
        pool.call(20) { _, _ in (.good, milliseconds: 2) }
        let once = pool.ids[0]
        for _ in 0..<10 {
            _ = pool.balancer.pick(now: pool.now, avoiding: pool.ids[1], using: &pool.dice)
            pool.balancer.finished(once, .good, nanoseconds: 200_000_000, now: pool.now)
        }
        let soon = pool.call(100, gap: .milliseconds(20)) { _, _ in (.good, milliseconds: 2) }
        #expect(soon[once, default: 0] == 0)
        // A call a second for two minutes.
        let late = pool.call(120, gap: .seconds(1)) { _, _ in (.good, milliseconds: 2) }
        #expect((20...80).contains(late[once, default: 0]))
    }

    /// With many calls it is found out sooner, by the few that it costs.
    @Test
    func aBusyChannelFindsOutSoonerThatAnEndpointIsWellAgain() throws {
        var pool = try BalancerPool(3)
        pool.call(100) { _, _ in (.good, milliseconds: 2) }
        let slow = pool.ids[0]
        let bad = pool.call(10_000) { id, _ in (.good, milliseconds: id == slow ? 60 : 2) }
        #expect((5..<200).contains(bad[slow, default: 0]))
        // Two seconds later it has its share.
        pool.call(2000) { _, _ in (.good, milliseconds: 2) }
        let good = pool.call(3000) { _, _ in (.good, milliseconds: 2) }
        #expect((750...1250).contains(good[slow, default: 0]))
    }

    /// The mean of every loop has peaks; none may decide for long.
    @Test
    func oneLateAnswerAmongManyChangesNothing() throws {
        var pool = try BalancerPool(2)
        pool.call(100) { _, _ in (.good, milliseconds: 2) }
        let unlucky = try found(pool.pick())
        pool.balancer.finished(unlucky, .good, nanoseconds: 8_000_000, now: pool.now)
        let counts = pool.call(1000, gap: .milliseconds(10)) { _, _ in (.good, milliseconds: 2) }
        #expect((300...700).contains(counts[unlucky, default: 0]))
    }

    @Test(arguments: [0.02, 1, 20]) func aFreshEndpointGetsItsShareAndNotMore(milliseconds: Double) throws {
        var pool = try BalancerPool(2)
        pool.call(500) { _, _ in (.good, milliseconds: milliseconds) }
        try pool.resolve(1...3)
        let fresh = pool.ids[2]
        // Before it has answered anything.
        var burst = 0
        for _ in 0..<30 where pool.pick() == fresh { burst += 1 }
        #expect((5...15).contains(burst))
        for _ in 0..<burst {
            pool.balancer.finished(fresh, .good, nanoseconds: UInt64(milliseconds * 1e6), now: pool.now)
        }
        for id in pool.ids.dropLast() {
            while pool.balancer[id]?.inFlight ?? 0 > 0 {
                pool.balancer.finished(id, .good, nanoseconds: UInt64(milliseconds * 1e6), now: pool.now)
            }
        }
        let counts = pool.call(3000) { _, _ in (.good, milliseconds: milliseconds) }
        for id in pool.ids { #expect((750...1250).contains(counts[id, default: 0])) }
    }

    /// An endpoint that refuses everything at once looks fast, and must not draw the calls of the others.
    @Test(arguments: [CallVerdict.failed, .overloaded]) func whoFailsAtOnceDoesNotDrawCalls(verdict: CallVerdict) throws
    {
        var rules = OutlierRules()
        rules.failuresInARow = .max
        var pool = try BalancerPool(3, rules: rules)
        let bad = pool.ids[0]
        pool.call(100) { _, _ in (.good, milliseconds: 5) }
        let counts = pool.call(1000) { id, _ in id == bad ? (verdict, milliseconds: 0.05) : (.good, milliseconds: 5) }
        #expect(counts[bad, default: 0] < 50)
        #expect(counts[bad, default: 0] > 0)
    }

    @Test
    func anotherAttemptGoesElsewhere() throws {
        var pool = try BalancerPool(2)
        for _ in 0..<50 {
            let first = try found(pool.pick())
            let second = try found(pool.pick(avoiding: first))
            #expect(first != second)
            pool.balancer.finished(first, .nothing, nanoseconds: nil, now: pool.now)
            pool.balancer.finished(second, .nothing, nanoseconds: nil, now: pool.now)
        }
        var alone = try BalancerPool(1)
        expect(alone.pick(avoiding: alone.ids[0]), alone.ids[0])
    }

    @Test
    func aTargetMayNameReplicas() throws {
        let target = try #require(RPCTarget("127.0.0.1:1,127.0.0.1:2"))
        guard case .addresses(let addresses) = target.place else {
            Issue.record("\(target.place)")
            return
        }
        #expect(addresses.map(\.port) == [1, 2])
        #expect(target.authority == "127.0.0.1:1")
        for wrong in ["127.0.0.1:1,", ",", "127.0.0.1:1,market:2"] { #expect(RPCTarget(wrong) == nil) }
    }

    @Test(arguments: [
        ("dns:///collector.monitoring:4317", "collector.monitoring"), ("collector:4317", "collector"),
        ("127.0.0.1:4317", "127.0.0.1"), ("[::1]:4317", "::1"), ("127.0.0.1:1,127.0.0.1:2", nil), ("unix:/socket", nil),
    ])
    func aTargetNamesAHostOrNot(_ text: String, _ host: String?) throws {
        #expect(try #require(RPCTarget(text)).host == host)
    }
}
