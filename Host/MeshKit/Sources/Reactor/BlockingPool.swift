internal import Glibc
internal import Synchronization

/// A few threads for work that must block: name resolution, file sync, password hashing. Threads start when they are
/// first needed and stay.
///
/// Safe: `state` is guarded by `lock`, a POSIX mutex, since a condition variable needs one.
public final class BlockingPool: @unchecked Sendable {
    /// So much work may wait; more is refused.
    public static let maximumWaiting = 4096

    /// The pool has too much to do, or has been shut down.
    public struct Refused: Error, Sendable, CustomStringConvertible {
        /// "too much blocking work is waiting".
        public var description: String { "too much blocking work is waiting" }
    }

    private let maximum: Int
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [@Sendable () -> Void] = []
    private var threads: [POSIXThread] = []
    private var idle = 0
    private var isStopped = false

    /// A pool of at most `threads` threads.
    init(threads: Int) {
        precondition(threads > 0, "a pool has at least one thread")
        maximum = threads
        pthread_mutex_init(lock, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(lock)
        condition.deallocate()
        lock.deallocate()
    }

    /// Runs `body` on a thread of the pool; the caller resumes where it was.
    ///
    /// - Throws: what `body` throws, or `Refused`.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withUnsafeThrowingContinuation { continuation in
            let accepted = submit { continuation.resume(with: Swift.Result { try body() }) }
            if !accepted { continuation.resume(throwing: Refused()) }
        }
    }

    /// Runs `work` on a thread of the pool, for whoever need not know when: what is waited for goes through `run`. A pool
    /// that refuses it runs it on the caller's thread. Any thread.
    package func execute(_ work: @escaping @Sendable () -> Void) {
        if !submit(work) { work() }
    }

    /// Ends the threads when what waits has been done, and waits for them.
    func shutdown() {
        pthread_mutex_lock(lock)
        isStopped = true
        let ending = threads
        threads = []
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(lock)
        for thread in ending { thread.join() }
    }

    private func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard !isStopped, waiting.count < Self.maximumWaiting else { return false }
        waiting.append(work)
        if idle < waiting.count, threads.count < maximum, let thread = try? POSIXThread({ [self] in serve() }) {
            threads.append(thread)
        }
        guard !threads.isEmpty else {
            waiting.removeLast()
            return false
        }
        pthread_cond_signal(condition)
        return true
    }

    private func serve() {
        pthread_mutex_lock(lock)
        while true {
            while waiting.isEmpty, !isStopped {
                idle += 1
                pthread_cond_wait(condition, lock)
                idle -= 1
            }
            guard !waiting.isEmpty else { break }
            let work = waiting.removeFirst()
            pthread_mutex_unlock(lock)
            work()
            pthread_mutex_lock(lock)
        }
        pthread_mutex_unlock(lock)
    }
}
