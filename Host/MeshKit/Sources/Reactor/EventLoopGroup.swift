internal import CSystemEpoll
internal import Synchronization

/// The loops of a process, a thread each, and the pool for work that must block.
public final class EventLoopGroup: Sendable {
    /// The loops, in order of their index.
    public let loops: [EventLoop]
    /// For work that blocks.
    public let blocking: BlockingPool
    private let threads: [POSIXThread]
    private let turn = Atomic<Int>(0)

    /// Starts the loops, and tells the C library to free memory in steps that hold none of them.
    /// - Parameters:
    ///   - count: how many; nil for one per core that the process may use, the cgroup's quota included.
    ///   - blockingThreads: how many threads may block at once.
    ///   - busyPoll: how long a loop that was woken soon the last time looks for more before it sleeps; nothing for never.
    ///   - observer: a watchdog for debugging; nil costs nothing.
    /// - Throws: `SystemError` when descriptors or threads are short.
    public init(
        count: Int? = nil,
        blockingThreads: Int = 4,
        busyPoll: Duration = .zero,
        observer: (any LoopObserver)? = nil
    ) throws {
        let count = count ?? AvailableCores.count()
        precondition(count > 0, "a group has at least one loop")
        mesh_tune_allocator()
        loops = try (0..<count).map { try EventLoop(index: $0, busyPoll: busyPoll, observer: observer) }
        blocking = BlockingPool(threads: blockingThreads)
        threads = try loops.map { loop in try POSIXThread { loop.runThread() } }
    }

    /// The caller's own loop if it is of this group, else the next in turn. Any thread.
    public func next() -> EventLoop {
        if let current = EventLoop.current, current.index < loops.count, loops[current.index] === current {
            return current
        }
        return spread()
    }

    /// The next loop in turn, whoever asks. Any thread.
    public func spread() -> EventLoop {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: number) % UInt(loops.count))]
    }

    /// Stops the loops and waits for their threads. Not on a loop; work that is still queued is not run.
    public func shutdown() {
        precondition(EventLoop.current == nil, "a loop cannot wait for itself")
        for loop in loops { loop.execute { LoopWorkers.of(loop).shutdown() } }
        for loop in loops { loop.stop() }
        for thread in threads { thread.join() }
        blocking.shutdown()
    }
}
