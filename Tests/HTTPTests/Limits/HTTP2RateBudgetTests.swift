import Reactor
import Testing

@testable import HTTP

@Suite struct HTTP2RateBudgetTests {
    @Test func aBurstThenARate() {
        let begun = MonotonicTime.now()
        var budget = HTTP2RateBudget(burst: 3, rate: 2, now: begun)
        // However long nothing was wrong, no more than a burst is saved.
        let taken = [0, 0, 0, 0, 400, 600, 600, 1_000_000, 1_000_000, 1_000_000, 1_000_000].map { milliseconds in
            budget.take(at: begun.advanced(by: .milliseconds(milliseconds)))
        }
        #expect(taken == [true, true, true, false, false, true, false, true, true, true, false])
    }
}
