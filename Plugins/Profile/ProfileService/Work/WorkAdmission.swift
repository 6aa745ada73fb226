import Reactor

/// Who may use a few threads, and who waits for them: a value without threads or clock.
///
/// Jobs are taken in their order. Those whose deadline has passed are given back instead of taken, and make room for
/// others before anybody is refused.
struct WorkAdmission<Job> {
    /// What became of a job that was offered, and which others are too late by now.
    struct Offer {
        /// Nil if there is no room: nothing was kept.
        let ticket: UInt64?
        let late: [Job]
    }

    /// The next job, if there is one, and which others are too late by now.
    struct Next {
        let job: Job?
        let late: [Job]
    }

    private struct Waiting {
        let ticket: UInt64
        let job: Job
        let deadline: MonotonicTime?

        func isLate(_ now: MonotonicTime) -> Bool { deadline.map { $0 <= now } ?? false }
    }

    /// So many are worked on at once.
    let workers: Int
    /// So many may wait for that.
    let room: Int
    /// How many are being worked on.
    private(set) var busy = 0
    private var waiting: [Waiting] = []
    private var tickets: UInt64 = 0

    init(workers: Int, room: Int) {
        precondition(workers > 0 && room >= 0, "somebody works")
        self.workers = workers
        self.room = room
    }

    /// How many wait, those included that a free worker is about to take.
    var waitingCount: Int { waiting.count }

    /// Whether a job offered now would be kept.
    mutating func hasRoom(at now: MonotonicTime) -> Bool {
        busy + waiting.count < workers + room || waiting.contains { $0.isLate(now) }
    }

    /// A job comes.
    mutating func offer(_ job: Job, deadline: MonotonicTime?, at now: MonotonicTime) -> Offer {
        var late: [Job] = []
        if busy + waiting.count >= workers + room { late = removeLate(now) }
        guard busy + waiting.count < workers + room else { return Offer(ticket: nil, late: late) }
        tickets += 1
        waiting.append(Waiting(ticket: tickets, job: job, deadline: deadline))
        return Offer(ticket: tickets, late: late)
    }

    /// A worker is free.
    mutating func take(at now: MonotonicTime) -> Next {
        let late = removeLate(now)
        guard !waiting.isEmpty else { return Next(job: nil, late: late) }
        busy += 1
        return Next(job: waiting.removeFirst().job, late: late)
    }

    /// A worker is done with what it took.
    mutating func finish() {
        precondition(busy > 0, "nobody works")
        busy -= 1
    }

    /// Whoever offered a job has gone. Gives it back if it still waits.
    mutating func withdraw(_ ticket: UInt64) -> Job? {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return waiting.remove(at: index).job
    }

    /// Nothing more is worked on.
    mutating func removeAll() -> [Job] {
        defer { waiting = [] }
        return waiting.map(\.job)
    }

    private mutating func removeLate(_ now: MonotonicTime) -> [Job] {
        let late = waiting.filter { $0.isLate(now) }.map(\.job)
        if !late.isEmpty { waiting.removeAll { $0.isLate(now) } }
        return late
    }
}
