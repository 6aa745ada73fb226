import Reactor
import Testing

@testable import SendGridMail

@Suite struct CircuitBreakerTests {
    private func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `five failures in thirty seconds open it for thirty, then one tries`() {
        var breaker = CircuitBreaker()
        for second in 0..<5 {
            #expect(breaker.begin(at(UInt64(second))) == .go)
            breaker.failed(at(UInt64(second)))
        }
        #expect(breaker.begin(at(5)) == .refused(until: at(34)))
        #expect(breaker.begin(at(34)) == .go)
        #expect(breaker.begin(at(34)) == .refused(until: at(64)), "one alone tries")
        breaker.failed(at(35))
        #expect(breaker.begin(at(64)) == .refused(until: at(65)))
        #expect(breaker.begin(at(65)) == .go)
        breaker.answered()
        #expect(breaker.begin(at(65)) == .go)
        #expect(breaker.begin(at(65)) == .go)
    }

    @Test func `slow failures do not open it, and an answer forgets them`() {
        var breaker = CircuitBreaker()
        for second in 0..<20 { breaker.failed(at(UInt64(second * 10))) }
        #expect(breaker.begin(at(200)) == .go)
        for _ in 0..<4 { breaker.failed(at(200)) }
        breaker.answered()
        for _ in 0..<4 { breaker.failed(at(201)) }
        #expect(breaker.begin(at(201)) == .go)
    }

    @Test func `a try that never ends does not keep it open for ever`() {
        var breaker = CircuitBreaker()
        for _ in 0..<5 { breaker.failed(at(0)) }
        #expect(breaker.begin(at(30)) == .go)
        #expect(breaker.begin(at(59)) == .refused(until: at(60)))
        #expect(breaker.begin(at(60)) == .go)
    }
}
