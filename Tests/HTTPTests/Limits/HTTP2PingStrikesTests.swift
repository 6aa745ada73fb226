import Reactor
import Testing

@testable import HTTP

@Suite struct HTTP2PingStrikesTests {
    private let begun = MonotonicTime.now()

    private func taken(_ times: [Int], hasStreams: Bool) -> [Bool] {
        var strikes = HTTP2PingStrikes(.init())
        return times.map { strikes.ping(at: begun.advanced(by: .seconds($0)), hasStreams: hasStreams) }
    }

    @Test func twoMayBeEarly() {
        #expect(taken([0, 1, 2, 3], hasStreams: true) == [true, true, true, false])
        #expect(taken([0, 10, 20, 30, 40], hasStreams: true).allSatisfy { $0 })
    }

    @Test func withoutStreamsTheyMustBeRarer() {
        #expect(taken([0, 299, 598, 897], hasStreams: false) == [true, true, true, false])
        #expect(taken([0, 300, 600, 900, 1200], hasStreams: false).allSatisfy { $0 })
    }

    /// A peer that measures how fast it receives asks with everything that comes.
    @Test func anAnswerWipesThemOut() {
        var strikes = HTTP2PingStrikes(.init())
        for second in 0..<100 {
            if second % 3 == 0 { strikes.forgive() }
            let isTaken = strikes.ping(at: begun.advanced(by: .seconds(second)), hasStreams: true)
            #expect(isTaken, "\(second)")
        }
    }
}
