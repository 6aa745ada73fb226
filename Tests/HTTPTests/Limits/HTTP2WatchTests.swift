import Reactor
import Testing

@testable import HTTP

/// Each limit of time, a moment before and at its end. Nothing here waits.
@Suite struct HTTP2WatchTests {
    private let begun = MonotonicTime.now()
    private var limits = HTTP2Settings()

    init() {
        limits.idleTimeout = .seconds(60)
        limits.keepAlive = .client()
    }

    private func at(_ seconds: Double) -> MonotonicTime { begun.advanced(by: .seconds(seconds)) }

    private func watch(spread: Double = 1) -> HTTP2Watch { HTTP2Watch(limits, now: begun, spread: spread) }

    private func sight(_ change: (inout HTTP2Watch.Sight) -> Void = { _ in }) -> HTTP2Watch.Sight {
        var sight = HTTP2Watch.Sight(heard: begun)
        change(&sight)
        return sight
    }

    @Test func thePreface() {
        var watch = watch()
        let silent = sight { $0.isReady = false }
        #expect(watch.first == at(10))
        #expect(watch.look(silent, at: at(9.9)) == ([], at(10)))
        #expect(watch.look(silent, at: at(10)) == ([.abuse(.slowStart)], nil))
    }

    @Test func theAnswerToSettings() {
        var watch = watch()
        let silent = sight { $0.isAcknowledged = false }
        #expect(watch.look(silent, at: at(9.9)).findings == [])
        #expect(watch.look(silent, at: at(10)) == ([.abuse(.settingsAcknowledgement)], nil))
    }

    @Test func aHeaderBlock() {
        var watch = watch()
        let open = sight { ($0.blockSince, $0.streams) = (at(20), 1) }
        #expect(watch.look(open, at: at(24.9)) == ([], at(25)))
        #expect(watch.look(open, at: at(25)) == ([.abuse(.slowHeaders)], nil))
    }

    @Test func outputThatIsNotTaken() {
        var watch = watch()
        func output(_ taken: Int) -> HTTP2Watch.Sight {
            sight { ($0.pending, $0.taken, $0.streams) = (1000, taken, 1) }
        }
        #expect(watch.outputWaits(taken: 5, at: at(20)) == at(50))
        #expect(watch.outputWaits(taken: 5, at: at(21)) == nil, "said before")
        #expect(watch.look(output(5), at: at(49)) == ([], at(50)))
        // It takes a byte: as long again from when that is seen.
        #expect(watch.look(output(6), at: at(50)) == ([], at(80)))
        #expect(watch.look(output(6), at: at(80)) == ([.abuse(.slowReader)], nil))
        watch.outputIsOut()
        #expect(watch.outputWaits(taken: 7, at: at(90)) == at(120))
    }

    @Test func idleOnceAndOnlyWithoutWork() {
        var watch = watch()
        // Busy: looked at again, as nothing else says when it is not.
        #expect(watch.look(sight { $0.streams = 1 }, at: at(100)) == ([], at(160)))
        #expect(watch.look(sight { $0.handlers = 1 }, at: at(100)) == ([], at(160)))
        #expect(watch.look(sight { $0.heard = at(50) }, at: at(100)) == ([], at(110)))
        #expect(watch.look(sight { $0.heard = at(50) }, at: at(110)) == ([.idle], nil))
        #expect(watch.look(sight { $0.heard = at(50) }, at: at(200)) == ([], nil))
    }

    @Test(arguments: [0.9, 1, 1.1]) mutating func ageIsSpread(spread: Double) {
        limits.idleTimeout = nil
        limits.maximumAge = .seconds(1800)
        limits.ageGrace = .seconds(300)
        var watch = watch(spread: spread)
        let busy = sight { $0.streams = 1 }
        let end = 1800 * spread
        #expect(watch.look(busy, at: at(end - 0.1)).findings == [])
        #expect(watch.look(busy, at: at(end + 0.1)).findings == [.aged])
        #expect(watch.look(busy, at: at(end + 299)).findings == [])
        #expect(watch.look(busy, at: at(end + 300.1)).findings == [.expired])
    }

    @Test func theSecondGoawayDoesNotWaitForEver() {
        var watch = watch()
        let busy = sight { $0.streams = 1 }
        #expect(watch.leaves(at: at(20)) == at(25))
        #expect(watch.look(busy, at: at(24.9)).findings == [])
        #expect(watch.look(busy, at: at(25)).findings == [.unanswered])
        #expect(watch.look(busy, at: at(30)).findings == [])
    }

    @Test mutating func silenceAndStreams() {
        limits.keepAlive.withStreams = .seconds(30)
        limits.windowTimeout = .seconds(30)
        #expect(HTTP2Watch.attention(limits) == .seconds(5))
        var watch = watch()
        let busy = sight { $0.streams = 1 }
        #expect(watch.look(busy, at: at(5)) == ([.streams], at(10)))
        #expect(watch.look(busy, at: at(30)).findings == [.silent, .streams])
        #expect(watch.look(busy, at: at(50)) == ([.abuse(.silent)], nil))
    }
}
