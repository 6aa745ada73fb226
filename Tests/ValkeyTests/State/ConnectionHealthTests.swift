import Reactor
import Testing

@testable import Valkey

@Suite struct ConnectionHealthTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private func after(_ seconds: Int) -> MonotonicTime { start.advanced(by: .seconds(seconds)) }

    @Test func `an idle peer is asked, and is dead when it does not answer`() {
        var health = ConnectionHealth(idleInterval: .seconds(30), replyTimeout: .seconds(10), now: start)
        #expect(health.verdict(after(29)) == .fine)
        #expect(health.verdict(after(30)) == .ask)
        health.expects(after(30))
        #expect(health.verdict(after(39)) == .fine)
        #expect(health.verdict(after(40)) == .dead)
    }

    @Test func `each answer starts the clock anew while more are due`() {
        var health = ConnectionHealth(idleInterval: .seconds(30), replyTimeout: .seconds(10), now: start)
        health.expects(start)
        health.expects(after(5))
        #expect(health.verdict(after(10)) == .dead)
        health.heard(after(9), isDue: true)
        #expect(health.verdict(after(18)) == .fine)
        #expect(health.verdict(after(19)) == .dead)
        health.heard(after(18), isDue: false)
        #expect(health.verdict(after(47)) == .fine)
        #expect(health.verdict(after(48)) == .ask)
    }

    @Test func `a peer that takes what is sent is not late with its answer`() {
        var health = ConnectionHealth(idleInterval: .seconds(30), replyTimeout: .seconds(10), now: start)
        for second in [0, 9, 18] { health.sends(after(second)) }
        #expect(health.verdict(after(27)) == .fine)
        #expect(health.verdict(after(28)) == .dead)
    }

    @Test func `a look comes often enough`() {
        let health = ConnectionHealth(idleInterval: .seconds(30), replyTimeout: .seconds(10), now: start)
        #expect(health.period == .milliseconds(2500))
    }
}
