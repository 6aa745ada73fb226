import Reactor
import TestServers
import Testing

@testable import Postgres

@Suite
struct PostgresPoolStateTests {
    private func time(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
    }

    private func state(_ change: (inout PostgresPoolLimits) -> Void = { _ in }) -> PostgresPoolState {
        var limits = PostgresPoolLimits()
        limits.maximumConnections = 2
        limits.minimumConnections = 0
        limits.maximumInFlight = 2
        limits.maximumWaiting = 8
        change(&limits)
        return PostgresPoolState(limits: limits)
    }

    private func wait(
        _ state: inout PostgresPoolState,
        _ demand: PostgresPoolState.Demand,
        _ now: UInt64 = 0
    ) -> [PostgresPoolState.Action] {
        state.wait(demand, now: time(now))?.actions ?? [.failWaiting]
    }

    @Test
    func opensOnDemandAndShares() {
        var state = state()
        #expect(state.take() == nil)
        #expect(wait(&state, .shared) == [.connect(1)])
        #expect(state.connected(1, now: time(1), dice: 0.5) == [.grant(1, 1)])
        #expect(state.take() == 1)
        #expect(state.wantsMore(afterTaking: 1) == true)
        #expect(state.take() == nil, "two are under way")
        #expect(wait(&state, .shared) == [.connect(2)])
        #expect(state.finished(1, now: time(2)) == [.grant(2, 1)])
        #expect(state.connected(2, now: time(3), dice: 0.5) == [])
        #expect(state.take() == 2, "the one with the fewest")
    }

    @Test
    func aBatchAloneOpensNoOtherConnection() {
        var state = state { $0.maximumInFlight = 64 }
        _ = wait(&state, .shared)
        _ = state.connected(1, now: time(1), dice: 0.5)
        _ = state.finished(1, now: time(2))
        #expect(state.take(count: 5) == 1)
        #expect(state.wantsMore(afterTaking: 1, count: 5) == false, "the connection was idle")
        #expect(state.take(count: 5) == 1)
        #expect(state.wantsMore(afterTaking: 1, count: 5) == true, "now it had work")
        #expect(state.grow(now: time(3)) == [.connect(2)])
        #expect(state.wantsMore(afterTaking: 1, count: 5) == false, "one is being made")
    }

    private func two(groupLimit: Int) -> PostgresPoolState {
        var limits = PostgresPoolLimits()
        limits.maximumConnections = 2
        var state = PostgresPoolState(limits: limits, groupLimit: groupLimit)
        for id in 1...2 {
            _ = state.grow(now: time(0))
            _ = state.connected(id, now: time(0), dice: 0.5)
        }
        return state
    }

    @Test
    func smallReadsOfOneTurnStayTogether() {
        var state = two(groupLimit: 3)
        #expect((0..<3).map { _ in state.take(read: 10_000) } == [1, 1, 1])
        #expect(state.take(read: 10_000) == 2, "three are together")
        #expect(state.take() == 2, "what is no read goes to the one with the fewest")
        state.sent(2)
        #expect(
            (0..<2).map { _ in state.take(read: 10_000) } == [2, 2],
            "again the one with the fewest, and its group"
        )
    }

    @Test
    func readsStayTogetherUpToAMillisecondsWork() {
        var state = two(groupLimit: 32)
        #expect((0..<4).map { _ in state.take(read: 400_000) } == [1, 1, 2, 2])
        #expect((0..<2).map { _ in state.take(read: 5_000_000) } == [1, 2])
    }

    @Test
    func aTransactionGetsAnIdleOneOrOneIsSetAside() {
        var state = state { $0.maximumConnections = 1 }
        _ = wait(&state, .shared)
        _ = state.connected(1, now: time(0), dice: 0.5)
        #expect(wait(&state, .exclusive) == [])
        #expect(state.take() == nil, "set aside")
        #expect(wait(&state, .shared) == [])
        #expect(state.finished(1, now: time(1)) == [.grant(2, 1)])
        #expect(state.take() == nil)
        #expect(state.released(1, now: time(2)) == [.grant(3, 1)])
    }

    @Test
    func oneThatGivesUpFreesWhatWasSetAside() throws {
        var state = state { $0.maximumConnections = 1 }
        _ = wait(&state, .shared)
        _ = state.connected(1, now: time(0), dice: 0.5)
        let waiter = try #require(state.wait(.exclusive, now: time(1))?.waiter)
        _ = wait(&state, .shared)
        #expect(state.giveUp(waiter, now: time(2)) == [.grant(3, 1)])
    }

    @Test
    func refusesWhenTheQueueIsFull() {
        var state = state()
        for _ in 0..<8 { _ = wait(&state, .shared) }
        #expect(state.wait(.shared, now: time(0)) == nil)
    }

    @Test
    func backsOffWithGrowthAndThenFailsWhoWaits() throws {
        var state = state { $0.attemptsBeforeFailing = 3 }
        #expect(wait(&state, .shared) == [.connect(1)])
        #expect(state.connectFailed(1, isRefusal: false, now: time(0), dice: 0.5) == [])
        #expect(state.retryAt == time(100))
        #expect(state.tick(now: time(99)) == [])
        #expect(state.tick(now: time(100)) == [.connect(2)])
        #expect(state.connectFailed(2, isRefusal: false, now: time(100), dice: 0) == [])
        #expect(state.retryAt == time(228), "160 ms, less a fifth")
        #expect(state.isHopeless == false)
        #expect(state.tick(now: time(228)) == [.connect(3)])
        #expect(state.connectFailed(3, isRefusal: false, now: time(228), dice: 0.5) == [.failWaiting])
        #expect(state.isHopeless == true)
        for id in 4..<40 {
            let due = state.retryAt
            let now = try #require(due)
            _ = state.tick(now: now)
            _ = state.grow(now: now)
            _ = state.connectFailed(id, isRefusal: false, now: now, dice: 1)
            let next = state.retryAt
            let retryAt = try #require(next)
            #expect(now.duration(to: retryAt) <= .seconds(12))
        }
    }

    @Test
    func comesBackAfterABackOff() throws {
        var state = state { $0.attemptsBeforeFailing = 1 }
        _ = wait(&state, .shared)
        #expect(state.connectFailed(1, isRefusal: false, now: time(0), dice: 0.5) == [.failWaiting])
        #expect(state.isHopeless == true)
        _ = state.tick(now: time(100))
        let actions = state.grow(now: time(100))
        #expect(actions == [.connect(2)])
        #expect(state.connected(2, now: time(101), dice: 0.5) == [])
        #expect(!state.isHopeless && state.failures == 0)
        #expect(state.take() == 2)
    }

    @Test
    func aRefusalFailsAtOnce() {
        var state = state()
        _ = wait(&state, .shared)
        #expect(state.connectFailed(1, isRefusal: true, now: time(0), dice: 0.5) == [.failWaiting])
        #expect(state.isHopeless == true)
    }

    @Test
    func aLostConnectionIsReplacedForWhoWaits() {
        var state = state { $0.maximumConnections = 1 }
        _ = wait(&state, .shared)
        _ = state.connected(1, now: time(0), dice: 0.5)
        _ = state.take()
        _ = wait(&state, .shared)
        #expect(state.lost(1, now: time(1)) == [.connect(2)])
        #expect(state.finished(1, now: time(1)) == [], "of a connection that is gone")
        #expect(state.connected(2, now: time(2), dice: 0.5) == [.grant(2, 2)])
    }

    @Test
    func checksClosesAndReplacesIdleOnes() {
        var state = state {
            $0.minimumConnections = 1
            $0.healthCheckInterval = .seconds(30)
            $0.idleTimeout = .seconds(45)
            $0.maximumAge = .seconds(100)
        }
        _ = wait(&state, .shared)
        _ = wait(&state, .exclusive)
        _ = state.connected(1, now: time(0), dice: 0.5)
        _ = state.connected(2, now: time(0), dice: 0.5)
        _ = state.finished(1, now: time(0))
        _ = state.released(1, now: time(0))
        _ = state.released(2, now: time(0))
        #expect(state.nextTick() == time(30_000))
        #expect(Set(state.tick(now: time(30_000)).map { "\($0)" }) == ["check(1)", "check(2)"])
        #expect(state.take() == nil, "nobody gets one that is being asked")
        _ = state.checked(1, now: time(30_001))
        _ = state.checked(2, now: time(30_001))
        let closed = state.tick(now: time(45_001))
        #expect(closed.count == 1, "one stays, as the minimum")
        let left = state.connections[0].id
        #expect(state.tick(now: time(100_000)) == [.close(left), .connect(3)])
    }

    @Test
    func closingEndsAll() {
        var state = state()
        _ = wait(&state, .shared)
        #expect(state.close() == [.failWaiting, .close(1)])
        #expect(state.wait(.shared, now: time(0)) == nil)
        #expect(state.connected(1, now: time(1), dice: 0) == [.close(1)])
        #expect(state.nextTick() == nil)
    }

    /// Whatever happens, limits hold, nobody is served twice, and when all is done nobody is left waiting.
    @Test(arguments: UInt64(0)..<40)
    func randomEventsKeepTheInvariants(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var state = state {
            $0.maximumConnections = 3
            $0.maximumWaiting = 50
        }
        var clock: UInt64 = 0
        var connecting: Set<Int> = []
        var inFlight: [Int: Int] = [:]
        var leased: Set<Int> = []
        var waiting: [UInt64: PostgresPoolState.Demand] = [:]

        func handle(_ actions: [PostgresPoolState.Action]) {
            for action in actions {
                switch action {
                case .connect(let id): connecting.insert(id)
                case .close(let id):
                    #expect(inFlight[id, default: 0] == 0 && !leased.contains(id))
                    connecting.remove(id)
                    inFlight[id] = nil
                case .grant(let waiter, let id):
                    let demand = waiting.removeValue(forKey: waiter)
                    #expect(demand != nil && inFlight[id] != nil && !leased.contains(id))
                    if demand == .exclusive {
                        #expect(inFlight[id] == 0)
                        leased.insert(id)
                    } else {
                        inFlight[id, default: 0] += 1
                        #expect(inFlight[id, default: 0] <= 2)
                    }
                case .check(let id): handle(state.checked(id, now: time(clock)))
                case .failWaiting: waiting = [:]
                }
            }
        }
        func step(_ event: Int) {
            switch event {
            case 0...2:
                if let id = state.take() {
                    #expect(!leased.contains(id))
                    inFlight[id, default: 0] += 1
                } else if let (waiter, actions) = state.wait(.shared, now: time(clock)) {
                    waiting[waiter] = .shared
                    handle(actions)
                }
            case 3:
                if let (waiter, actions) = state.wait(.exclusive, now: time(clock)) {
                    waiting[waiter] = .exclusive
                    handle(actions)
                }
            case 4:
                if let (waiter, _) = waiting.randomElement(using: &generator) {
                    waiting[waiter] = nil
                    handle(state.giveUp(waiter, now: time(clock)))
                }
            case 5:
                if let id = connecting.randomElement(using: &generator) {
                    connecting.remove(id)
                    if Bool.random(using: &generator) {
                        inFlight[id] = 0
                        handle(state.connected(id, now: time(clock), dice: 0.5))
                    } else {
                        handle(state.connectFailed(id, isRefusal: false, now: time(clock), dice: 0.5))
                    }
                }
            case 6...8:
                if let (id, count) = inFlight.randomElement(using: &generator) {
                    if leased.remove(id) != nil {
                        handle(state.released(id, now: time(clock)))
                    } else if count > 0 {
                        inFlight[id] = count - 1
                        handle(state.finished(id, now: time(clock)))
                    }
                }
            case 9:
                if let id = inFlight.keys.randomElement(using: &generator),
                    Int.random(in: 0..<5, using: &generator) == 0
                {
                    inFlight[id] = nil
                    leased.remove(id)
                    handle(state.lost(id, now: time(clock)))
                }
            default: handle(state.tick(now: time(clock)))
            }
            #expect(state.connections.count <= 3)
            #expect(state.waitingCount == waiting.count)
        }
        for _ in 0..<2_000 {
            clock += UInt64.random(in: 0...20, using: &generator)
            step(Int.random(in: 0...10, using: &generator))
        }
        // Now everything works: whoever waits is served.
        for _ in 0..<10_000 where !waiting.isEmpty {
            clock += 50
            for id in connecting {
                connecting.remove(id)
                inFlight[id] = 0
                handle(state.connected(id, now: time(clock), dice: 0.5))
            }
            step(6)
            step(10)
        }
        #expect(waiting.isEmpty)
    }
}
