import Glibc
import Testing

@testable import Reactor

/// Looking for more before a loop sleeps.
@Suite(.timeLimit(.minutes(1))) struct BusyPollTests {
    @Test func onlyWhileWaitsAreShort() {
        var poll = BusyPoll(.microseconds(50))
        #expect(!poll.isWorthwhile, "nothing has come yet")
        poll.waited(99_999)
        #expect(poll.isWorthwhile)
        poll.waited(100_000)
        #expect(!poll.isWorthwhile)
        poll.waited(0)
        #expect(poll.isWorthwhile)
        var never = BusyPoll(.zero)
        never.waited(0)
        #expect(!never.isWorthwhile && BusyPoll(.seconds(-1)).limit == 0)
        #expect(BusyPoll(.seconds(2)).limit == 1_000_000, "timers wait meanwhile")
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
