internal import Reactor

/// Frees what takes too long to be freed on a loop, in the blocking pool.
enum Disposal {
    /// Calls `free` soon if the caller is on a loop, else at once.
    static func run(in pool: BlockingPool, _ free: @escaping @Sendable () -> Void) {
        guard let loop = EventLoop.current else { return free() }
        loop.workers.run(DisposalJob(pool, free))
    }
}

private final class DisposalJob: LoopJob {
    private let pool: BlockingPool
    private let free: @Sendable () -> Void

    init(_ pool: BlockingPool, _ free: @escaping @Sendable () -> Void) {
        self.pool = pool
        self.free = free
    }

    func run() async {
        let free = free
        do {
            try await pool.run { free() }
        } catch {
            // The pool takes no more: late is better than never.
            free()
        }
    }
}
