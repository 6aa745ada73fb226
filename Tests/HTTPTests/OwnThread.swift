import Glibc
import Synchronization

/// A thread for a test whose clients block: on one of the few that all tests share it would hold up the others.
// Safe: `ready` is a semaphore, made before and destroyed after all who use it.
final class OwnThread: TaskExecutor, @unchecked Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var isEnding = false
    }

    private let state = Mutex(State())
    private let ready: UnsafeMutablePointer<sem_t>

    private init() {
        ready = .allocate(capacity: 1)
        sem_init(ready, 0, 0)
    }

    deinit {
        sem_destroy(ready)
        ready.deallocate()
    }

    /// Runs `body` on a thread of its own, and ends that.
    static func run<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let thread = OwnThread()
        _ = Detached { thread.work() }
        defer { thread.end() }
        return try await withTaskExecutorPreference(thread) { try await body() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        sem_post(ready)
    }

    private func end() {
        state.withLock { $0.isEnding = true }
        sem_post(ready)
    }

    private func work() {
        while true {
            sem_wait(ready)
            let (job, isOver) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isEnding && state.jobs.isEmpty)
            }
            job?.runSynchronously(on: asUnownedTaskExecutor())
            if isOver { return }
        }
    }
}
