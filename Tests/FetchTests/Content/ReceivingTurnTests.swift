import Reactor
import Testing

@testable import Fetch

@Suite struct ReceivingTurnTests {
    @Test func takesSoMuchInATurnAndGoesOnInTheNext() {
        var turn = ReceivingTurn()
        for second in 1...3 {
            let now = MonotonicTime(nanoseconds: UInt64(second) * 1_000_000_000)
            let taken = (0..<10).filter { _ in turn.takes(16 << 10, in: now) }.count
            #expect(taken == 4)
        }
    }

    @Test func aLargePieceIsTakenWhole() {
        var turn = ReceivingTurn()
        let now = MonotonicTime(nanoseconds: 1)
        let first = turn.takes(1 << 20, in: now)
        let second = turn.takes(1, in: now)
        #expect(first && !second)
    }
}
