import Reactor
import Testing

@testable import HTTP

/// Each kind of event up to its limit, and one more.
@Suite struct HTTP2AbuseBudgetTests {
    private let begun = MonotonicTime.now()
    private var budget: HTTP2AbuseBudget

    init() {
        var limits = HTTP2Settings()
        limits.resetBurst = 10
        limits.resetRate = 1
        limits.settingsBurst = 20
        limits.maximumEmptyFrames = 3
        limits.maximumHeaderList = 1000
        budget = HTTP2AbuseBudget(limits, now: begun)
    }

    /// How many of the events are taken before the first that is abuse, and which abuse it is.
    private mutating func taken(
        _ limit: Int = 1000,
        _ event: (inout HTTP2AbuseBudget, Int) -> HTTP2Abuse?
    ) -> (Int, HTTP2Abuse?) {
        for count in 0..<limit {
            if let abuse = event(&budget, count) { return (count, abuse) }
        }
        return (limit, nil)
    }

    private func at(_ seconds: Double) -> MonotonicTime { begun.advanced(by: .seconds(seconds)) }

    @Test mutating func resetsByThePeer() {
        let now = begun
        #expect(taken { budget, _ in budget.frame(3, flags: 0, length: 4, streams: 1, at: now) } == (10, .rapidReset))
        let later = at(3)
        #expect(taken { budget, _ in budget.frame(3, flags: 0, length: 4, streams: 1, at: later) } == (3, .rapidReset))
    }

    @Test mutating func resetsByUsHaveABudgetOfTheirOwn() {
        let now = begun
        #expect(taken { budget, _ in budget.broke(at: now) } == (10, .brokenStreams))
        #expect(taken(5) { budget, _ in budget.frame(3, flags: 0, length: 4, streams: 1, at: now) } == (5, nil))
    }

    @Test mutating func settings() {
        let now = begun
        #expect(taken(100) { budget, _ in budget.frame(4, flags: 1, length: 0, streams: 0, at: now) } == (100, nil))
        #expect(taken { budget, _ in budget.frame(4, flags: 0, length: 0, streams: 0, at: now) } == (20, .settings))
    }

    @Test mutating func continuations() {
        let now = begun
        for _ in 0..<2 {
            #expect(budget.frame(1, flags: 0, length: 9, streams: 0, at: now) == nil)
            let found = taken { budget, _ in budget.frame(9, flags: 0, length: 9, streams: 1, at: now) }
            #expect(found == (8, .continuations))
        }
    }

    @Test mutating func emptyFrames() {
        let now = begun
        #expect(taken { budget, _ in budget.frame(0, flags: 0, length: 0, streams: 1, at: now) } == (3, .emptyFrames))
        // Content in between begins the count anew; an empty frame that ends its stream has a use.
        #expect(budget.frame(0, flags: 0, length: 1, streams: 1, at: now) == nil)
        #expect(budget.frame(0, flags: 1, length: 0, streams: 1, at: now) == nil)
        #expect(taken { budget, _ in budget.frame(0, flags: 0, length: 0, streams: 1, at: now) } == (3, .emptyFrames))
        // Padding is nothing: how much else there is of such a frame is said when it has come.
        #expect(budget.frame(0, flags: 8, length: 200, streams: 1, at: now) == nil)
        #expect(budget.content(0, isEnd: false) == .emptyFrames)
    }

    @Test mutating func priorities() {
        let now = begun
        #expect(taken { budget, _ in budget.frame(2, flags: 0, length: 5, streams: 0, at: now) } == (100, .priorities))
        budget.opened()
        #expect(taken { budget, _ in budget.frame(16, flags: 0, length: 9, streams: 1, at: now) } == (99, .priorities))
    }

    @Test mutating func windowUpdates() {
        let now = begun
        #expect(taken { budget, _ in budget.frame(8, flags: 0, length: 4, streams: 0, at: now) } == (5, .windowUpdates))
        budget.opened()
        #expect(taken { budget, _ in budget.frame(8, flags: 0, length: 4, streams: 1, at: now) } == (1, .windowUpdates))
        budget.sent()
        let found = taken { budget, _ in budget.frame(8, flags: 0, length: 4, streams: 1, at: now) }
        #expect(found == (19, .windowUpdates))
    }

    @Test mutating func pings() {
        let times = [0.0, 10, 12, 14, 16]
        let found = times.map { budget.frame(6, flags: 0, length: 8, streams: 1, at: at($0)) }
        #expect(found == [nil, nil, nil, nil, .pings])
        #expect(budget.frame(6, flags: 1, length: 8, streams: 1, at: at(16)) == nil, "an answer is none")
    }

    @Test mutating func headerLists() {
        #expect(budget.headerList(4000) == nil)
        #expect(budget.headerList(4001) == .headerList)
    }

    @Test func everyReasonHasANameOfItsOwn() {
        #expect(Set(HTTP2Abuse.allCases.map(\.rawValue)).count == HTTP2Abuse.allCases.count)
        #expect(HTTP2Abuse.pings.code == .enhanceYourCalm)
        #expect(HTTP2Abuse.pings.debugData.description == "too_many_pings", "clients look for it")
    }
}
