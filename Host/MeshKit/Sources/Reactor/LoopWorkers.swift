/// Work that runs as a task of one loop.
public protocol LoopJob: AnyObject {
    /// The work; it starts on the loop, and is cancelled by the `LoopWorker` that `run` gave for it.
    func run() async
}

/// One run of a job: what `LoopWorkers.run` gives. Loop only.
public struct LoopWorker {
    fileprivate let task: WorkerTask
    fileprivate let generation: UInt64

    /// Cancels the task that runs the job; without effect once the job has ended. Loop only.
    public func cancel() {
        guard task.generation == generation, task.job != nil else { return }
        task.handle?.cancel()
    }
}

/// The long-lived tasks of one loop that calls and requests run on: a call costs a resumed continuation instead of a
/// new task with its allocations. Loop only.
///
/// Safe: all state is touched on `loop` alone (each entry checks), and only the loop's slot holds it.
public final class LoopWorkers: @unchecked Sendable {
    /// So many tasks stay parked; those above it end with their job.
    public static let maximumIdle = 256

    private unowned let loop: EventLoop
    private var idle: [WorkerTask] = []
    private var isShutDown = false

    /// Makes the pool of a loop; use `of(_:)`, there is one each.
    init(loop: EventLoop) {
        self.loop = loop
    }

    /// The pool of a loop. Loop only.
    public static func of(_ loop: EventLoop) -> LoopWorkers {
        loop.workers
    }

    /// How many tasks are parked. Loop only.
    public var idleCount: Int { idle.count }

    /// Runs a job on a parked task, or on a new one. It starts after the caller's step of the loop, never within it.
    /// Loop only.
    @discardableResult
    public func run(_ job: any LoopJob) -> LoopWorker {
        loop.preconditionCurrent()
        let task = idle.popLast() ?? WorkerTask()
        task.generation &+= 1
        task.job = job
        let worker = LoopWorker(task: task, generation: task.generation)
        if let parked = task.parked {
            task.parked = nil
            parked.resume()
        } else {
            // The one unstructured task: a server's calls have no parent that could await them, and their life is the
            // connection's, which cancels the job. Detached, so that no task-local value of whoever came first sticks.
            task.handle = Task.detached(executorPreference: loop) { [self] in
                await work(task)
            }
        }
        return worker
    }

    /// Ends the parked tasks, and those at work when their job is done. Loop only; the loop calls it as it shuts down.
    public func shutdown() {
        loop.preconditionCurrent()
        isShutDown = true
        let parked = idle
        idle = []
        for task in parked {
            task.parked?.resume()
            task.parked = nil
        }
    }

    private func work(_ task: WorkerTask) async {
        while let job = task.job {
            await job.run()
            task.job = nil
            // A cancelled task cannot be made whole again; it ends here.
            if Task.isCancelled || isShutDown || idle.count >= Self.maximumIdle {
                break
            }
            await withUnsafeContinuation { continuation in
                task.parked = continuation
                idle.append(task)
            }
        }
        task.handle = nil
    }
}

/// A task and what it is doing.
///
/// Safe: loop only, as is `LoopWorkers`.
private final class WorkerTask: @unchecked Sendable {
    var generation: UInt64 = 0
    var job: (any LoopJob)?
    var handle: Task<Void, Never>?
    var parked: UnsafeContinuation<Void, Never>?
}
