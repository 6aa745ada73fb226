import Reactor
import Synchronization
import Testing

@Suite struct LoopWorkersTests {
    /// Loop only, as all jobs are.
    private final class Job: LoopJob {
        let body: () async -> Void
        init(_ body: @escaping () async -> Void) { self.body = body }
        func run() async { await body() }
    }

    @Test func reusesATask() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        for _ in 0..<5 {
            let done = Gate()
            loop.execute { _ = LoopWorkers.of(loop).run(Job { done.open() }) }
            await done.pass()
        }
        #expect(try await loop.run { LoopWorkers.of(loop).idleCount } == 1)
    }

    @Test func cancelsOnlyTheJobItWasFor() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        let seen = Mutex<[Bool]>([])
        let done = Gate()
        loop.execute {
            let workers = LoopWorkers.of(loop)
            let first = workers.run(Job {})
            // By then the first job has ended and its task is parked; its worker must not reach the second.
            loop.schedule(after: .milliseconds(5)) {
                let second = workers.run(
                    Job {
                        seen.withLock { $0.append(Task.isCancelled) }
                        try? await loop.sleep(for: .seconds(60))
                        seen.withLock { $0.append(Task.isCancelled) }
                        done.open()
                    }
                )
                first.cancel()
                loop.schedule(after: .milliseconds(5)) { second.cancel() }
            }
        }
        await done.pass()
        #expect(seen.withLock { $0 } == [false, true])
        #expect(try await loop.run { LoopWorkers.of(loop).idleCount } == 0, "a cancelled task is not used again")
    }
}
