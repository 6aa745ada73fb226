import Reactor
import Testing

@testable import NotificationService

@Suite struct DriverBreakerTests {
    private func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000).advanced(by: .seconds(seconds))
    }

    private func breaker() -> DriverBreaker {
        var breaker = DriverBreaker()
        _ = breaker.driver(1)
        return breaker
    }

    @Test func aFaultOpensItUntilTheDriverSays() {
        var breaker = breaker()
        #expect(breaker.allowance(at: at(0)) == .any)
        breaker.fault(1, until: at(40), at: at(0))
        #expect(breaker.allowance(at: at(39)) == .none(until: at(40)))
        #expect(breaker.allowance(at: at(40)) == .probe)
    }

    @Test func oneProbeAtATime() {
        var breaker = breaker()
        breaker.fault(1, until: at(10), at: at(0))
        #expect(breaker.allowance(at: at(10)) == .probe)
        breaker.probeBegan()
        guard case .none = breaker.allowance(at: at(11)) else {
            Issue.record("two probes")
            return
        }
        breaker.answered(1)
        #expect(breaker.allowance(at: at(12)) == .any)
    }

    @Test func pausesOfItsOwnGrowToAMinute() {
        var breaker = breaker()
        var now = 0.0
        var pauses: [Double] = []
        for _ in 0..<7 {
            breaker.fault(1, until: nil, at: at(now))
            guard case .none(let until) = breaker.allowance(at: at(now)) else {
                Issue.record("closed")
                return
            }
            pauses.append(at(now).duration(to: until).inSeconds)
            now += pauses[pauses.count - 1]
            #expect(breaker.allowance(at: at(now)) == .probe)
            breaker.probeBegan()
        }
        #expect(pauses == [5, 10, 20, 40, 60, 60, 60])
        breaker.answered(1)
        breaker.fault(1, until: nil, at: at(now))
        #expect(breaker.allowance(at: at(now)) == .none(until: at(now + 5)))
    }

    @Test func aDriverIsNotLeftAloneForDays() {
        var breaker = breaker()
        breaker.fault(1, until: at(1e6), at: at(0))
        #expect(breaker.allowance(at: at(0)) == .none(until: at(900)))
    }

    @Test func faultsOfThoseUnderWayAreTheSameTrouble() {
        var breaker = breaker()
        for _ in 0..<64 { breaker.fault(1, until: nil, at: at(0)) }
        #expect(breaker.allowance(at: at(0)) == .none(until: at(5)))
        breaker.answered(1)
        #expect(breaker.allowance(at: at(1)) == .none(until: at(5)), "a send that began before says nothing")
    }

    @Test func anotherDriverIsANewBeginning() {
        var breaker = breaker()
        breaker.fault(1, until: at(900), at: at(0))
        let isNew = breaker.driver(2)
        #expect(isNew)
        #expect(breaker.allowance(at: at(1)) == .any)
        breaker.fault(1, until: at(900), at: at(2))
        #expect(breaker.allowance(at: at(2)) == .any, "a late word of the one before")
        breaker.fault(2, until: at(30), at: at(2))
        breaker.answered(1)
        #expect(breaker.allowance(at: at(2)) == .none(until: at(30)))
        let isNewAgain = breaker.driver(2)
        #expect(!isNewAgain)
    }

    @Test func aProbeThatWasNoneMayBeMadeAgain() {
        var breaker = breaker()
        breaker.fault(1, until: at(5), at: at(0))
        breaker.probeBegan()
        breaker.probeCameToNothing(at: at(6))
        #expect(breaker.allowance(at: at(6)) == .probe)
    }
}
