import Glibc
import Testing

@testable import Reactor

/// Looking for more before a loop sleeps.
@Suite(.timeLimit(.minutes(1))) struct BusyPollTests {
    @Test func onlyWhileWaitsAreShort() {
        var poll = BusyPoll(.microseconds(50))
        #expect(!poll.isWorthwhile, "nothing has come yet")
        poll.waited(99_999, .slept)
        #expect(poll.isWorthwhile)
        poll.waited(100_000, .slept)
        #expect(!poll.isWorthwhile)
        poll.waited(0, .slept)
        #expect(poll.isWorthwhile)
        var never = BusyPoll(.zero)
        never.waited(0, .slept)
        #expect(!never.isWorthwhile && BusyPoll(.seconds(-1)).limit == 0)
        #expect(BusyPoll(.seconds(2)).limit == 1_000_000, "timers wait meanwhile")
    }

    @Test func everMoreSeldomInVain() {
        var poll = BusyPoll(.microseconds(50))
        poll.waited(60_000, .slept)
        var sleeps: [Int] = []
        for _ in 0..<8 {
            #expect(poll.isWorthwhile)
            poll.waited(60_000, .lookedInVain)
            var count = 0
            while !poll.isWorthwhile {
                count += 1
                poll.waited(60_000, .slept)
            }
            sleeps.append(count)
        }
        #expect(sleeps == [1, 3, 7, 15, 31, 63, 63, 63])
        poll.waited(20_000, .found)
        poll.waited(60_000, .lookedInVain)
        poll.waited(500_000, .slept)
        #expect(!poll.isWorthwhile, "a long wait says nothing of the short ones")
        poll.waited(60_000, .slept)
        #expect(poll.isWorthwhile, "what was found begins it anew")
    }

    /// Two loops that wake each other, one step at a time.
    @Test func nothingIsMissed() async throws {
        let group = try EventLoopGroup(count: 2, busyPoll: .microseconds(50))
        for _ in 0..<2000 {
            let places = await [group.loops[0], group.loops[1]].asyncMap { loop in
                try? await loop.run { EventLoop.current === loop }
            }
            #expect(places == [true, true])
        }
        await Self.stop(group)
    }

    @Test func aLoopWithNothingToDoSleeps() async throws {
        let group = try EventLoopGroup(count: 1, busyPoll: .milliseconds(1))
        let loop = group.loops[0]
        try await loop.run {}
        let before = try await loop.run { Self.processorTime() }
        try await Task.sleep(for: .milliseconds(500))
        let after = try await loop.run { Self.processorTime() }
        #expect(after - before < .milliseconds(50))
        await Self.stop(group)
    }

    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func stop(_ group: EventLoopGroup) async {
        await withCheckedContinuation { continuation in
            let thread = try? POSIXThread {
                group.shutdown()
                continuation.resume()
            }
            #expect(thread != nil)
        }
    }
}

extension Array where Element: Sendable {
    fileprivate func asyncMap<Result>(_ body: (Element) async -> Result) async -> [Result] {
        var results: [Result] = []
        for element in self { results.append(await body(element)) }
        return results
    }
}
