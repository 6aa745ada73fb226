import Reactor
import Testing

@testable import MarketService

@Suite struct SourceBreakerTests {
    static func at(_ seconds: Int) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000) }

    static func opened(at second: Int) -> SourceBreaker {
        var breaker = SourceBreaker(threshold: 3, shortest: .seconds(2), longest: .seconds(8))
        for _ in 0..<3 { breaker.failed(at(second)) }
        return breaker
    }

    @Test func `failures in a row open it, an answer between begins anew`() {
        var breaker = SourceBreaker(threshold: 3)
        for _ in 0..<2 { breaker.failed(Self.at(1)) }
        breaker.answered()
        for _ in 0..<2 { breaker.failed(Self.at(1)) }
        #expect(breaker.begin(Self.at(1)) == .go && !breaker.isOpen)
        breaker.failed(Self.at(1))
        #expect(breaker.isOpen)
        #expect(breaker.begin(Self.at(2)) == .resting(.seconds(1)))
    }

    @Test func `after the pause one call tries, and no other beside it`() {
        var breaker = Self.opened(at: 10)
        #expect(breaker.begin(Self.at(12)) == .go)
        #expect(breaker.begin(Self.at(12)) == .resting(.seconds(2)))
        breaker.answered()
        #expect(breaker.begin(Self.at(12)) == .go && breaker.begin(Self.at(12)) == .go)
    }

    @Test func `pauses double up to a limit, and an answer makes them short again`() {
        var breaker = Self.opened(at: 0)
        var now = 0
        for pause in [2, 4, 8, 8] {
            #expect(breaker.begin(Self.at(now + pause - 1)) != .go, "\(pause)")
            now += pause
            #expect(breaker.begin(Self.at(now)) == .go, "\(pause)")
            breaker.failed(Self.at(now))
        }
        now += 8
        #expect(breaker.begin(Self.at(now)) == .go)
        breaker.answered()
        for _ in 0..<3 { breaker.failed(Self.at(now)) }
        #expect(breaker.begin(Self.at(now + 2)) == .go)
    }

    @Test func `a call that gave up lets another try at once, one that never ends lets it try later`() {
        var breaker = Self.opened(at: 0)
        #expect(breaker.begin(Self.at(2)) == .go)
        breaker.gaveUp(Self.at(2))
        #expect(breaker.begin(Self.at(2)) == .go)
        #expect(breaker.begin(Self.at(3)) != .go)
        #expect(breaker.begin(Self.at(4)) == .go)
    }

    @Test func `what began before it opened does not lengthen the pause`() {
        var breaker = Self.opened(at: 0)
        breaker.failed(Self.at(1))
        #expect(breaker.begin(Self.at(2)) == .go)
    }
}
