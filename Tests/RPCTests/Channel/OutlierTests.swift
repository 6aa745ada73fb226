import Reactor
import Testing

@testable import RPC

/// Ejection of endpoints that fail.
@Suite
struct OutlierTests {
    private func answers(_ bad: Set<Balancer.ID>) -> (Balancer.ID, Int) -> (CallVerdict, milliseconds: Double) {
        { id, _ in bad.contains(id) ? (.failed, 1) : (.good, 2) }
    }

    private func isEjected(_ pool: BalancerPool, _ id: Balancer.ID) -> Bool {
        pool.balancer[id]?.health.isEjected == true
    }

    @Test
    func failuresInARowEjectAndASuccessBetweenThemDoesNot() throws {
        var pool = try BalancerPool(5)
        let bad = pool.ids[0]
        for number in 0..<20 {
            let verdict: CallVerdict = number % 5 == 4 ? .good : .failed
            pool.balancer.finished(bad, verdict, nanoseconds: 1000, now: pool.now)
        }
        #expect(!isEjected(pool, bad))
        for _ in 0..<5 { pool.balancer.finished(bad, .failed, nanoseconds: 1000, now: pool.now) }
        #expect(isEjected(pool, bad))
        #expect(pool.balancer.ejections == 1)
        let counts = pool.call(1000) { _, _ in (.good, milliseconds: 2) }
        #expect(counts[bad] == nil)
    }

    @Test
    func oneBadOfFiveGetsUnderTwoPercentAfterTwoSweeps() throws {
        var pool = try BalancerPool(5)
        let bad = pool.ids[0]
        // It answers every other call well, so that no row of failures gives it away.
        func answer(_ id: Balancer.ID, _ number: Int) -> (CallVerdict, milliseconds: Double) {
            id == bad && number % 2 == 0 ? (.failed, 0.1) : (.good, 2)
        }
        for _ in 0..<2 {
            pool.call(2000, gap: .milliseconds(5), answer)
            pool.balancer.sweep(now: pool.now)
        }
        let counts = pool.call(2000, gap: .milliseconds(5), answer)
        #expect(counts[bad, default: 0] < 40)
    }

    @Test
    func aSweepComparesWithTheOthers() throws {
        var rules = OutlierRules()
        rules.failuresInARow = .max
        func swept(_ shares: [Double]) throws -> [Bool] {
            var pool = try BalancerPool(shares.count, rules: rules)
            for (id, share) in zip(pool.ids, shares) {
                for number in 0..<100 {
                    let isGood = Double(number) < share * 100
                    pool.balancer.finished(id, isGood ? .good : .failed, nanoseconds: 1000, now: pool.now)
                }
            }
            pool.balancer.sweep(now: pool.now)
            return pool.ids.map { isEjected(pool, $0) }
        }
        #expect(try swept([1, 1, 1, 0.5]) == [false, false, false, true])
        #expect(try swept([1, 1, 1, 0.9]) == [false, false, false, false])
        // All alike: it is hardly the endpoints' fault.
        #expect(try swept([0.3, 0.3, 0.3, 0.3]) == [false, false, false, false])
        // Half of them at most, the worst first.
        #expect(try swept([0.1, 0.2, 0.3, 1, 1]) == [true, true, false, false, false])
    }

    @Test
    func aShortTimeOfFailuresIsForgottenExactly() throws {
        var window = OutcomeWindow(.seconds(10))
        let now = MonotonicTime(nanoseconds: 1_000_000_000_000)
        for _ in 0..<7 { window.add(good: false, at: now) }
        window.add(good: true, at: now.advanced(by: .seconds(5)))
        var (good, all) = window.sums(at: now.advanced(by: .milliseconds(9_900)))
        #expect((good, all) == (1, 8))
        (good, all) = window.sums(at: now.advanced(by: .milliseconds(10_100)))
        #expect((good, all) == (1, 1))
        (good, all) = window.sums(at: now.advanced(by: .seconds(1000)))
        #expect((good, all) == (0, 0))
    }

    @Test
    func noMoreThanHalfAreEjectedAndAllFailingAreTriedOn() throws {
        var pool = try BalancerPool(5)
        let everybody = Set(pool.ids)
        let counts = pool.call(1000, answers(everybody))
        #expect(pool.ids.count { isEjected(pool, $0) } == 2)
        #expect(counts.values.reduce(0, +) == 1000)
        var two = try BalancerPool(2)
        two.call(100, answers(Set(two.ids)))
        #expect(two.ids.count { isEjected(two, $0) } == 1)
        var one = try BalancerPool(1)
        let all = one.call(100, answers(Set(one.ids)))
        #expect(all[one.ids[0]] == 100)
    }

    @Test
    func whereTooFewAreLeftTheEjectedTakeCallsToo() throws {
        var pool = try BalancerPool(4)
        let bad = Set(pool.ids.prefix(2))
        for id in bad { pool.eject(id) }
        #expect(bad.allSatisfy { isEjected(pool, $0) })
        _ = pool.balancer.failed(pool.ids[2], now: pool.now, dice: 0.5)
        // One of four is left: the others are better than a queue in front of it.
        var taken: Set<Balancer.ID> = []
        for _ in 0..<100 { if let id = pool.pick() { taken.insert(id) } }
        #expect(taken == bad.union([pool.ids[3]]))
        pool.up(pool.ids[2])
        taken = []
        for _ in 0..<100 { if let id = pool.pick() { taken.insert(id) } }
        #expect(taken == Set(pool.ids.suffix(2)))
    }

    @Test
    func oneCallReadmitsOrTheEjectionGrows() throws {
        var pool = try BalancerPool(3)
        let bad = pool.ids[0]
        pool.eject(bad)
        #expect(isEjected(pool, bad))
        for times in [2, 3, 4] {
            pool.pass(.seconds(29) * (times - 1))
            for _ in 0..<50 {
                let id = try found(pool.pick())
                #expect(id != bad)
                pool.balancer.finished(id, .good, nanoseconds: 2_000_000, now: pool.now)
            }
            pool.pass(.seconds(times))
            // The one call, and no other while it is under way.
            expect(pool.pick(), bad)
            for _ in 0..<50 {
                let id = try found(pool.pick())
                #expect(id != bad)
                pool.balancer.finished(id, .good, nanoseconds: 2_000_000, now: pool.now)
            }
            pool.balancer.finished(bad, .failed, nanoseconds: 1000, now: pool.now)
            #expect(pool.balancer[bad]?.health.ejectedUntil == pool.now.advanced(by: .seconds(30) * times))
        }
        pool.pass(.seconds(121))
        expect(pool.pick(), bad)
        // A call that was cancelled says nothing: the next one tries.
        pool.balancer.finished(bad, .nothing, nanoseconds: nil, now: pool.now)
        expect(pool.pick(), bad)
        pool.balancer.finished(bad, .good, nanoseconds: 2_000_000, now: pool.now)
        #expect(!isEjected(pool, bad))
        let counts = pool.call(300) { _, _ in (.good, milliseconds: 2) }
        #expect((60...140).contains(counts[bad, default: 0]))
    }

    @Test
    func aProbeThatHangsIsFollowedByAnother() throws {
        var pool = try BalancerPool(3)
        let bad = pool.ids[0]
        pool.eject(bad)
        pool.pass(.seconds(31))
        expect(pool.pick(), bad)
        pool.pass(.seconds(9))
        expect(pool.pick() != bad, true)
        pool.pass(.seconds(2))
        expect(pool.pick(), bad)
    }

    @Test
    func anEjectionLastsFiveMinutesAtMost() throws {
        var health = EndpointHealth(OutlierRules())
        let now = MonotonicTime(nanoseconds: 1_000_000_000_000)
        for _ in 0..<50 { health.eject(at: now, OutlierRules()) }
        #expect(health.ejectedUntil == now.advanced(by: .seconds(300)))
        for _ in 0..<49 { health.forgive() }
        #expect(health.ejections == 1)
    }
}
