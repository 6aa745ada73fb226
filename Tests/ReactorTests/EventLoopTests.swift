import Glibc
import Synchronization
import Testing

@testable import Reactor

@Suite
struct EventLoopTests {
    /// Runs a test with loops of its own, and stops them.
    private func withGroup<Result>(
        _ count: Int = 2,
        observer: (any LoopObserver)? = nil,
        _ body: (EventLoopGroup) async throws -> Result
    ) async throws -> Result {
        let group = try EventLoopGroup(count: count, observer: observer)
        do {
            let result = try await body(group)
            await stop(group)
            return result
        } catch {
            await stop(group)
            throw error
        }
    }

    private func stop(_ group: EventLoopGroup) async {
        await withCheckedContinuation { continuation in
            let thread = try? POSIXThread {
                group.shutdown()
                continuation.resume()
            }
            #expect(thread != nil)
        }
    }

    @Test
    func asyncWorkResumesOnTheLoopItStartedOn() async throws {
        try await withGroup { group in
            for loop in group.loops {
                let places = try await loop.run {
                    var places = [EventLoop.current === loop]
                    try await loop.sleep(for: .milliseconds(1))
                    places.append(EventLoop.current === loop)
                    let inPool = try await group.blocking.run { EventLoop.current == nil }
                    places.append(inPool)
                    places.append(EventLoop.current === loop)
                    await Task.yield()
                    places.append(EventLoop.current === loop)
                    return places
                }
                #expect(places == [true, true, true, true, true])
            }
        }
    }

    @Test
    func sleepEndsAtOnceWhenItsTaskIsCancelled() async throws {
        try await withGroup(1) { group in
            let loop = group.loops[0]
            let start = MonotonicTime.now()
            let task = Task { try await loop.run { try await loop.sleep(for: .seconds(60)) } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // The cores may be busy with the tests beside this one.
            #expect(start.duration(to: .now()) < .seconds(45))
        }
    }

    /// Many timers that are due at once, and many jobs, let others of the loop come between.
    @Test
    func longTurnsAreCut() async throws {
        try await withGroup(1) { group in
            let loop = group.loops[0]
            let order = Mutex<[String]>([])
            let spin: @Sendable (Duration) -> Void = { duration in
                let begun = MonotonicTime.now()
                while begun.duration(to: .now()) < duration {}
            }
            try await loop.run {
                for number in 0..<3 {
                    loop.schedule(after: .zero) {
                        if number == 0 { loop.execute { order.withLock { $0.append("work") } } }
                        order.withLock { $0.append("timer") }
                        spin(.microseconds(400))
                    }
                }
                try await loop.sleep(for: .milliseconds(20))
            }
            #expect(order.withLock { $0 } == ["timer", "work", "timer", "timer"])
            // Jobs: each is some microseconds, so that a few hundred of them are more than a turn's.
            let turns = Turns()
            try await loop.run {
                await withDiscardingTaskGroup { tasks in
                    for _ in 0..<2000 {
                        tasks.addTask {
                            spin(.microseconds(5))
                            turns.note(loop.now)
                        }
                    }
                }
            }
            let count = turns.count
            #expect(count >= 5, "10 ms of jobs took \(count) turns")
        }
    }

    @Test
    func timersFireInOrderAndNotEarly() async throws {
        try await withGroup(1) { group in
            let loop = group.loops[0]
            let fired = try await loop.run { () -> [Int] in
                let log = Log()
                let start = MonotonicTime.now()
                for delay in [3, 1, 2] {
                    loop.schedule(after: .milliseconds(delay)) {
                        log.values.append(delay)
                        if start.duration(to: .now()) < .milliseconds(delay) { log.values.append(-delay) }
                    }
                }
                try await loop.sleep(for: .milliseconds(20))
                return log.values
            }
            #expect(fired == [1, 2, 3])
        }
    }

    @Test
    func workFromManyThreadsAllRuns() async throws {
        try await withGroup { group in
            let counter = Counter()
            let loop = group.loops[1]
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask {
                        for _ in 0..<500 {
                            try await loop.run { counter.add() }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(counter.value == 4000)
        }
    }

    @Test
    func theWatchdogNamesWhatHeldALoop() async throws {
        let reports = Reports()
        let watchdog = LoopWatchdog(limit: .milliseconds(50)) { _, time, name in
            reports.add("\(name) \(time >= .milliseconds(50))")
        }
        try await withGroup(1, observer: watchdog) { group in
            let loop = group.loops[0]
            try await loop.run {
                loop.nameCurrentTask("/test.Slow/Call")
                await Task.yield()
                usleep(60_000)
            }
            try await loop.run {}
        }
        #expect(reports.all.contains("/test.Slow/Call true"))
    }

    /// Of two steps of 60 ms, one sleeps and one computes: only the latter costs the processor anything.
    @Test
    func theWatchdogCanCountWhatIsComputedAlone() async throws {
        let reports = Reports()
        let watchdog = LoopWatchdog(limit: .milliseconds(40), clock: .processor) { _, _, name in reports.add(name) }
        try await withGroup(1, observer: watchdog) { group in
            let loop = group.loops[0]
            try await loop.run {
                loop.nameCurrentTask("sleeps")
                await Task.yield()
                usleep(60_000)
            }
            try await loop.run {
                loop.nameCurrentTask("computes")
                await Task.yield()
                var time = timespec()
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
                let end = time.tv_sec * 1000 + time.tv_nsec / 1_000_000 + 60
                repeat {
                    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
                } while time.tv_sec * 1000 + time.tv_nsec / 1_000_000 < end
            }
            try await loop.run {}
        }
        #expect(reports.all == ["computes"])
    }

    /// A step that sleeps is found by its limit on the wall, though it computes nothing.
    @Test
    func theWatchdogFindsWhatBlocksBesideWhatComputes() async throws {
        let reports = Reports()
        let watchdog = LoopWatchdog(limit: .seconds(60), clock: .processor, wallLimit: .milliseconds(300)) {
            reports.add("\($2) \($1 > .milliseconds(300))")
        }
        try await withGroup(1, observer: watchdog) { group in
            let loop = group.loops[0]
            try await loop.run {
                loop.nameCurrentTask("blocks")
                await Task.yield()
                usleep(310_000)
            }
            try await loop.run {}
        }
        #expect(reports.all.contains("blocks, on the wall true"))
    }

    @Test(arguments: [("max 100000", nil), ("150000 100000", 2), ("100000 100000", 1), ("50000 100000", 1), ("x", nil)])
    func theQuotaOfTheControlGroupIsRoundedUp(text: String, cores: Int?) {
        #expect(AvailableCores.quota(text) == cores)
    }
}

/// Gathers text from any thread.
private final class Reports: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

/// Counts from any thread.
private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
}

/// Counts turns of a loop by their times.
private final class Turns: Sendable {
    private let times = Mutex<Set<UInt64>>([])
    var count: Int { times.withLock { $0.count } }
    func note(_ time: MonotonicTime) { times.withLock { _ = $0.insert(time.nanoseconds) } }
}

/// What timers have done; of one loop.
private final class Log {
    var values: [Int] = []
}
