import Reactor
import Testing

@testable import Valkey

@Suite struct ReconnectStateTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    @Test func `nothing happens before somebody needs a connection`() {
        var state = ReconnectState()
        same(state.retryDue(), .nothing)
        same(state.lost(start, dice: 0), .nothing)
        same(state.wanted(), .search)
        same(state.wanted(), .nothing)
    }

    @Test func `pauses grow up to a limit, within the jitter`() {
        var state = ReconnectState()
        _ = state.wanted()
        var last = Duration.zero
        for attempt in 1...20 {
            for dice in [0.0, 1.0] {
                var copy = state
                let delay = delay(copy.notFound(start, dice: dice))
                #expect(delay <= .seconds(6))
                if dice == 0, attempt < 8 {
                    #expect(delay > last)
                    last = delay
                }
            }
            _ = state.notFound(start, dice: 0.5)
            #expect(state.failures == attempt)
            same(state.retryDue(), .search)
        }
        same(delay(state.notFound(start, dice: 0)), .seconds(4))
    }

    @Test func `a connection that lived is looked for at once, one that did not later`() {
        var state = ReconnectState()
        _ = state.wanted()
        _ = state.notFound(start, dice: 0.5)
        _ = state.retryDue()
        state.found(start)
        var copy = state
        same(copy.lost(start.advanced(by: .seconds(1)), dice: 0.5), .search)
        #expect(copy.failures == 0)
        same(delay(state.lost(start.advanced(by: .milliseconds(999)), dice: 0.5)) > .milliseconds(50), true)
        #expect(state.failures == 2)
    }

    @Test func `nothing follows the end`() {
        var state = ReconnectState()
        _ = state.wanted()
        state.close()
        state.found(start)
        #expect(state.phase == .closed)
        same(state.notFound(start, dice: 0), .nothing)
        same(state.wanted(), .nothing)
        same(state.retryDue(), .nothing)
    }

    private func delay(_ action: ReconnectState.Action) -> Duration {
        guard case .retry(let time) = action else {
            Issue.record("a failure is followed by a retry, not by \(action)")
            return .zero
        }
        return start.duration(to: time)
    }
}
