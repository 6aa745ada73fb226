import Reactor
import Testing

@testable import NotificationService

@Suite struct WorkerStateTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)
    private let limits = WorkerLimits(concurrency: 10, batch: 6, unmarked: 20)

    // Outside of the macro, which takes no mutating calls.
    private func step(_ state: inout WorkerState, _ limits: WorkerLimits, unmarked: Int, at now: MonotonicTime)
        -> WorkerState.Step
    {
        state.next(limits, unmarked: unmarked, at: now)
    }

    private func starved(_ state: inout WorkerState) -> Bool { state.takeStarved() }

    @Test func itTakesWhatItHasRoomFor() {
        var state = WorkerState()
        #expect(step(&state, limits, unmarked: 0, at: now) == .take(6, retries: 5, isProbe: false))
        state.took([1, 1, 1, 1, 1, 2], isProbe: false)
        #expect(step(&state, limits, unmarked: 6, at: now) == .take(4, retries: 4, isProbe: false))
        state.took([2, 2, 2, 2], isProbe: false)
        #expect(step(&state, limits, unmarked: 10, at: now) == .wait(limits.poll))
        #expect(starved(&state))
        #expect(starved(&state) == false)
        state.ended(attempt: 1)
        #expect(step(&state, limits, unmarked: 10, at: now) == .take(1, retries: 0, isProbe: false))
    }

    @Test func itWaitsWhileMarksAreNotWritten() {
        var state = WorkerState()
        #expect(step(&state, limits, unmarked: 20, at: now) == .wait(limits.poll))
        #expect(step(&state, limits, unmarked: 18, at: now) == .take(2, retries: 5, isProbe: false))
    }

    @Test func itProbesWithOneMail() {
        var state = WorkerState()
        _ = state.breaker.driver(1)
        state.breaker.fault(1, until: now.advanced(by: .seconds(2)), at: now)
        #expect(step(&state, limits, unmarked: 0, at: now) == .wait(limits.poll))
        let later = now.advanced(by: .seconds(2))
        #expect(step(&state, limits, unmarked: 0, at: later) == .take(1, retries: 1, isProbe: true))
        state.took([1], isProbe: true)
        #expect(step(&state, limits, unmarked: 1, at: later) == .wait(limits.poll))
    }

    @Test func itStops() {
        var state = WorkerState()
        state.stop()
        #expect(step(&state, limits, unmarked: 0, at: now) == .stop)
    }
}
