import Reactor
import Testing

@testable import RPC

@Suite
struct BalancerTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private func address(_ number: UInt8) throws -> SocketAddress {
        try #require(SocketAddress(host: "10.0.0.\(number)", port: 50051))
    }

    @Test
    func newAddressesAreConnectedAndGoneOnesClosed() throws {
        var balancer = Balancer()
        let (a, b, c) = (try address(1), try address(2), try address(3))
        let result1 = balancer.resolved([a, b], now: now)
        #expect(result1 == [.connect(a), .connect(b)])
        #expect(!balancer.isReady)
        #expect(balancer.isHopeful(now))
        balancer.connected(a)
        #expect(balancer.isReady)
        let result2 = balancer.resolved([a, c], now: now)
        #expect(result2 == [.close(b), .connect(c)])
        #expect(balancer.addresses == [a, c])
    }

    @Test
    func backOffGrowsUpToItsLimitAndStaysWithinTheJitter() throws {
        var balancer = Balancer()
        let a = try address(1)
        _ = balancer.resolved([a], now: now)
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
            let result3 = balancer.retryDue(a, now: now.advanced(by: .seconds(12)))
            #expect(result3 == [.connect(a)])
        }
        balancer.connected(a)
        guard case .retry(_, let time)? = balancer.failed(a, now: now, dice: 0.5).first else {
            Issue.record("a failure is followed by a retry")
            return
        }
        #expect(now.duration(to: time) < .milliseconds(121))
    }

    @Test
    func slowEndpointsGetFewerCalls() throws {
        var balancer = Balancer()
        let (fast, slow) = (try address(1), try address(2))
        _ = balancer.resolved([fast, slow], now: now)
        balancer.connected(fast)
        balancer.connected(slow)
        var random = SystemRandomNumberGenerator()
        var counts: [SocketAddress: Int] = [:]
        for _ in 0..<1000 {
            let choice = balancer.pick { Int.random(in: 0..<$0, using: &random) }
            let picked = try #require(choice)
            counts[picked, default: 0] += 1
            balancer.finished(picked, nanoseconds: picked == fast ? 1_000_000 : 50_000_000)
        }
        #expect(counts[fast, default: 0] > 900)
    }

    @Test
    func callsInFlightAreSpread() throws {
        var balancer = Balancer()
        let all = try (1...4).map { try address(UInt8($0)) }
        _ = balancer.resolved(all, now: now)
        for one in all { balancer.connected(one) }
        var counts: [SocketAddress: Int] = [:]
        for _ in 0..<400 {
            let choice = balancer.pick { Int.random(in: 0..<$0) }
            let picked = try #require(choice)
            counts[picked, default: 0] += 1
        }
        for one in all { #expect((80...120).contains(counts[one, default: 0])) }
    }

    @Test
    func anEndpointThatGoesAwayTakesNoCallsAndIsConnectedAnew() throws {
        var balancer = Balancer()
        let a = try address(1)
        _ = balancer.resolved([a], now: now)
        balancer.connected(a)
        let result4 = balancer.goingAway(a, now: now)
        #expect(result4 == [.connect(a)])
        let result5 = balancer.pick { _ in 0 }
        #expect(result5 == nil)
        let result6 = balancer.goingAway(a, now: now)
        #expect(result6 == [])
    }

    @Test
    func aCallThatFindsNobodyTriesWhoeverWaits() throws {
        var balancer = Balancer()
        let (a, b) = (try address(1), try address(2))
        _ = balancer.resolved([a, b], now: now)
        for _ in 1...8 { _ = balancer.failed(a, now: now, dice: 0.5) }
        let tooSoon = balancer.wanted(now: now)
        #expect(tooSoon == [])
        // A call that began since waits for that attempt, one that has had it does not.
        let next = balancer.nextAttempt(since: now.advanced(by: .milliseconds(1)))
        #expect(next == now.advanced(by: Balancer.shortestGap))
        #expect(balancer.nextAttempt(since: now) == nil)
        let later = now.advanced(by: Balancer.shortestGap)
        let wanted = balancer.wanted(now: later)
        #expect(wanted == [.connect(a)])
        let twice = balancer.wanted(now: later.advanced(by: .seconds(1)))
        #expect(twice == [])
        _ = balancer.failed(b, now: later, dice: 0.5)
        // The attempt is waited for, for a moment.
        #expect(balancer.isHopeful(later))
        #expect(!balancer.isHopeful(later.advanced(by: Balancer.patience)))
        balancer.connected(a)
        let picked = balancer.pick { _ in 0 }
        #expect(picked == a)
    }

    @Test
    func retriesAreEarnedByCalls() {
        var budget = RetryBudget()
        var taken = 0
        while budget.take() { taken += 1 }
        #expect(taken == Int(RetryBudget.most))
        for _ in 0..<11 { budget.called() }
        let (first, second, third) = (budget.take(), budget.take(), budget.take())
        #expect(first && second && !third)
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
}
