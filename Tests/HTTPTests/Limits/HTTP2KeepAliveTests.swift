import Reactor
import Testing

@testable import HTTP

@Suite struct HTTP2KeepAliveTests {
    private let begun = MonotonicTime.now()

    private func at(_ seconds: Int) -> MonotonicTime { begun.advanced(by: .seconds(seconds)) }

    private func limits(_ withStreams: Int?, _ withoutStreams: Int?) -> HTTP2KeepAlive.Limits {
        var limits = HTTP2KeepAlive.Limits()
        limits.withStreams = withStreams.map { .seconds($0) }
        limits.withoutStreams = withoutStreams.map { .seconds($0) }
        return limits
    }

    @Test func asksAndGivesUp() {
        var life = HTTP2KeepAlive(limits(30, nil))
        #expect(life.look(heard: begun, hasStreams: true, at: at(29)) == (.nothing, at(30)))
        #expect(life.look(heard: begun, hasStreams: true, at: at(30)) == (.ask, at(50)))
        #expect(life.look(heard: begun, hasStreams: true, at: at(49)) == (.nothing, at(50)))
        #expect(life.look(heard: begun, hasStreams: true, at: at(50)) == (.dead, nil))
    }

    @Test func whateverComesIsAnAnswer() {
        var life = HTTP2KeepAlive(limits(30, nil))
        #expect(life.look(heard: begun, hasStreams: true, at: at(30)).answer == .ask)
        #expect(life.look(heard: at(31), hasStreams: true, at: at(50)) == (.nothing, at(61)))
        #expect(life.look(heard: at(31), hasStreams: true, at: at(61)).answer == .ask)
    }

    @Test func withoutStreamsItHasATimeOfItsOwn() {
        var life = HTTP2KeepAlive(limits(30, 7200))
        #expect(life.look(heard: begun, hasStreams: false, at: at(3600)) == (.nothing, at(7200)))
        #expect(life.look(heard: begun, hasStreams: true, at: at(3600)).answer == .ask)
        var off = HTTP2KeepAlive(limits(30, nil))
        #expect(off.look(heard: begun, hasStreams: false, at: at(1_000_000)) == (.nothing, nil))
    }

    @Test func aClientIsOffAndNeverTooFast() {
        let off = HTTP2KeepAlive.Limits.client()
        #expect(off.withStreams == nil && off.withoutStreams == nil)
        let fast = HTTP2KeepAlive.Limits.client(every: .seconds(1))
        #expect(fast.withStreams == .seconds(10) && fast.withoutStreams == nil)
        #expect(HTTP2KeepAlive.Limits.client(every: .seconds(60), withoutStreams: true).withoutStreams == .seconds(60))
    }
}
