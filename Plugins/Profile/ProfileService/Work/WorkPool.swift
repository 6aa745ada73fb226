import CSystemArgon2
import Glibc
import RPC
import Reactor

/// A few threads of low priority for work that takes long, with a bounded queue before them: when that is full a caller
/// hears so at once. Threads start with the first job and stay until `shutdown`.
///
/// Safe: what changes is guarded by `lock`, a POSIX mutex, since a condition variable needs one.
final class WorkPool: @unchecked Sendable {
    private struct Job {
        let run: @Sendable () -> Void
        let drop: @Sendable (RPCError) -> Void
    }

    /// Where the threads cannot be made to wait for all others: a tenth of what those get when processors are short.
    private static let niceness: Int32 = 10

    private let what: String
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var admission: WorkAdmission<Job>
    private var threads: [POSIXThread] = []
    private var isStopped = false

    /// - Parameters:
    ///   - what: what there is too much of when there is: "passwords to check".
    ///   - room: so many jobs may wait.
    init(_ what: String, threads: Int, room: Int) {
        self.what = what
        admission = WorkAdmission(workers: threads, room: room)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(lock)
        condition.deallocate()
        lock.deallocate()
    }

    /// How many threads there are at the most.
    var width: Int { withLock { $0.admission.workers } }
    /// How many jobs wait now.
    var waiting: Int { withLock { $0.admission.waitingCount } }

    /// Refuses early what `run` would refuse, before anything was done for it.
    /// - Throws: UNAVAILABLE ("busy").
    func checkRoom() throws(RPCError) {
        let hasRoom = withLock { !$0.isStopped && $0.admission.hasRoom(at: .now()) }
        guard hasRoom else { throw busy }
    }

    /// Runs `body` on a thread of the pool; the caller resumes where it was. A job that still waits is dropped at its
    /// deadline, and when the calling task is cancelled.
    /// - Throws: UNAVAILABLE ("busy") at once when too much waits, DEADLINE_EXCEEDED, CANCELLED, or what `body` throws.
    func run<Result: Sendable>(
        by deadline: MonotonicTime?,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let job = Job {
                    continuation.resume(with: Swift.Result { try body() })
                } drop: {
                    continuation.resume(throwing: $0)
                }
                guard submit(job, deadline, ticket) else { return continuation.resume(throwing: busy) }
                // Whoever cancelled before there was a number found nothing.
                if Task.isCancelled { withdraw(ticket) }
            }
        } onCancel: {
            withdraw(ticket)
        }
    }

    /// Drops what waits, and ends the threads when they are done. Blocks; not on a loop.
    func shutdown() {
        let (dropped, ending) = withLock { pool in
            pool.isStopped = true
            defer { pool.threads = [] }
            pthread_cond_broadcast(pool.condition)
            return (pool.admission.removeAll(), pool.threads)
        }
        for job in dropped { job.drop(busy) }
        for thread in ending { thread.join() }
    }

    // MARK: Under the lock

    /// The number of a job, known once it is in the queue. Safe: touched under the pool's lock alone.
    private final class Ticket: @unchecked Sendable {
        var number: UInt64?
    }

    private func withLock<Result>(_ body: (WorkPool) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(self)
    }

    private var busy: RPCError {
        RPCError(.unavailable, "there are too many \(what)", reason: "busy", retryAfter: .seconds(1))
    }

    private func submit(_ job: Job, _ deadline: MonotonicTime?, _ ticket: Ticket) -> Bool {
        let offer = withLock { pool -> WorkAdmission<Job>.Offer in
            guard !pool.isStopped, pool.ensureThread() else { return .init(ticket: nil, late: []) }
            let offer = pool.admission.offer(job, deadline: deadline, at: .now())
            ticket.number = offer.ticket
            pthread_cond_signal(pool.condition)
            return offer
        }
        for late in offer.late { late.drop(.deadlineExceeded) }
        return offer.ticket != nil
    }

    private func withdraw(_ ticket: Ticket) {
        let job = withLock { pool in ticket.number.flatMap { pool.admission.withdraw($0) } }
        job?.drop(RPCError(.cancelled, "the caller has gone"))
    }

    /// One more thread as long as there are fewer than may work at once. False if there is none at all.
    private func ensureThread() -> Bool {
        if threads.count < admission.workers, threads.count <= admission.busy + admission.waitingCount,
            let thread = try? POSIXThread({ [self] in serve() })
        {
            threads.append(thread)
        }
        return !threads.isEmpty
    }

    private func serve() {
        // A loop that wakes up has the processor at once, instead of at the end of a slice. Only among the threads of a
        // container (or session): those of others do not keep this from running. Refused only by a kernel that limits
        // it; the work is right all the same.
        _ = profile_thread_yields(Self.niceness)
        pthread_mutex_lock(lock)
        while !isStopped {
            let next = admission.take(at: .now())
            guard next.job != nil || !next.late.isEmpty else {
                pthread_cond_wait(condition, lock)
                continue
            }
            pthread_mutex_unlock(lock)
            for late in next.late { late.drop(.deadlineExceeded) }
            next.job?.run()
            pthread_mutex_lock(lock)
            if next.job != nil { admission.finish() }
        }
        pthread_mutex_unlock(lock)
    }
}
