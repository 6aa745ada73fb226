import Testing

@testable import Fetch

@Suite struct ConnectionGateTests {
    @Test func keepsWithinTheLimits() {
        var gate = ConnectionGate(connections: 3, perOrigin: 2, waiting: 10)
        #expect(gate.enter(1, "a") == .start)
        #expect(gate.enter(2, "a") == .start)
        #expect(gate.enter(3, "a") == .wait)
        #expect(gate.enter(4, "b") == .start, "a busy origin does not hold up another")
        #expect(gate.enter(5, "c") == .wait, "the total")
        #expect(gate.leave("b") == [5])
        #expect(gate.leave("a") == [3])
        #expect(gate.inFlight == 3)
        #expect(gate.waiting == 0)
    }

    @Test func originsTakeTurns() {
        var gate = ConnectionGate(connections: 1, perOrigin: 1, waiting: 10)
        #expect(gate.enter(1, "a") == .start)
        for id: UInt64 in [2, 3, 4] { #expect(gate.enter(id, "a") == .wait) }
        #expect(gate.enter(5, "b") == .wait)
        #expect(gate.leave("a") == [2])
        #expect(gate.leave("a") == [5])
        #expect(gate.leave("b") == [3])
        #expect(gate.leave("a") == [4])
        #expect(gate.leave("a") == [])
        #expect(gate.inFlight == 0)
    }

    @Test func whoGivesUpIsSkipped() {
        var gate = ConnectionGate(connections: 1, perOrigin: 1, waiting: 2)
        #expect(gate.enter(1, "a") == .start)
        #expect(gate.enter(2, "a") == .wait)
        #expect(gate.enter(3, "b") == .wait)
        #expect(gate.enter(4, "b") == .refused)
        gate.cancel(2)
        #expect(gate.waiting == 1)
        #expect(gate.leave("a") == [3])
        #expect(gate.leave("b") == [])
        #expect(gate.enter(5, "a") == .start)
    }

    @Test func aConnectionOfManyStreamsCountsOnce() {
        var gate = ConnectionGate(connections: 2, perOrigin: 1, waiting: 100)
        #expect(gate.enter(1, "a") == .start)
        for id: UInt64 in 2...12 { #expect(gate.enter(id, "a") == .wait) }
        #expect(gate.learned("a", streams: 10) == Array(2...10))
        #expect(gate.enter(20, "b") == .start, "the ten are one connection")
        #expect(gate.leave("a") == [11])
        for _ in 0..<11 { _ = gate.leave("a") }
        #expect(gate.inFlight == 1)
        #expect(gate.enter(21, "a") == .start && gate.enter(22, "a") == .start, "what was learned is kept")
    }

    @Test func othersWaitForTheFirstConnectionThatTheyMayShare() {
        var gate = ConnectionGate(connections: 9, perOrigin: 3, waiting: 100)
        #expect(gate.enter(1, "a", shares: true) == .start)
        for id: UInt64 in 2...6 { #expect(gate.enter(id, "a", shares: true) == .wait) }
        #expect(gate.enter(7, "b", shares: true) == .start && gate.enter(8, "c") == .start)
        #expect(gate.awaitsConnection("a") && !gate.awaitsConnection("c"))
        #expect(gate.opened("a") == [2, 3], "it may still be HTTP/1.1, which shares nothing")
        #expect(gate.opened("a") == [] && !gate.awaitsConnection("a"))
        #expect(gate.learned("a", streams: 100) == [4, 5, 6])
        for _ in 0..<6 { _ = gate.leave("a") }
        #expect(gate.enter(9, "a", shares: true) == .start)
        #expect(gate.enter(10, "a", shares: true) == .wait, "the connection may be gone")
        #expect(gate.opened("a") == [10])
    }

    @Test func aFirstConnectionThatFailsHoldsUpNobody() {
        var gate = ConnectionGate(connections: 9, perOrigin: 3, waiting: 100)
        #expect(gate.enter(1, "a", shares: true) == .start)
        for id: UInt64 in 2...6 { #expect(gate.enter(id, "a", shares: true) == .wait) }
        #expect(gate.leave("a") == [2, 3, 4], "not one after the other")
        #expect(gate.leave("a") == [5] && gate.leave("a") == [6])
        for _ in 0..<3 { #expect(gate.leave("a") == []) }
        #expect(gate.enter(7, "a", shares: true) == .start)
        #expect(gate.enter(8, "a", shares: true) == .wait)
        gate.cancel(8)
        #expect(gate.leave("a") == [] && gate.inFlight == 0 && gate.waiting == 0)
        #expect(gate.enter(9, "a", shares: true) == .start)
        #expect(gate.enter(10, "a", shares: true) == .wait)
    }

    @Test(arguments: [false, true]) func neverLosesARequest(_ shares: Bool) {
        var generator = SystemRandomNumberGenerator()
        var gate = ConnectionGate(connections: 7, perOrigin: 3, waiting: 100_000)
        var running: [String] = []
        var origin: [UInt64: String] = [:]
        var waiting: Set<UInt64> = []
        func started(_ ids: [UInt64]) {
            for id in ids {
                #expect(waiting.remove(id) != nil, "\(id) waited")
                running.append(origin[id] ?? "")
            }
        }
        for id: UInt64 in 1...20_000 {
            let name = "o\(Int.random(in: 0..<9, using: &generator))"
            origin[id] = name
            if shares, Int.random(in: 0..<3) == 0, let name = running.randomElement() { started(gate.opened(name)) }
            switch gate.enter(id, name, shares: shares) {
            case .start: running.append(name)
            case .wait: waiting.insert(id)
            case .refused: Issue.record("refused")
            }
            if Int.random(in: 0..<10) == 0, let given = waiting.randomElement() {
                waiting.remove(given)
                gate.cancel(given)
            }
            while running.count > 3, Bool.random() {
                let name = running.remove(at: Int.random(in: 0..<running.count))
                started(gate.leave(name))
            }
            #expect(running.count <= 7)
            #expect(gate.inFlight == running.count)
            #expect(gate.waiting == waiting.count)
        }
        while let name = running.popLast() { started(gate.leave(name)) }
        #expect(waiting.isEmpty)
    }
}
