internal import CSystemEpoll
internal import Glibc
internal import Synchronization

/// One thread that waits for descriptors, timers and jobs, and is the executor of the tasks started on it: an async
/// function that began on a loop resumes on that loop.
///
/// A turn is: descriptors that are ready, due timers, work of other threads, jobs, and what asked for the end of the
/// turn. Nothing that runs on a loop may block. Where thousands of timers or jobs are due at once, a turn takes some of
/// them, and descriptors get their turn before the others.
///
/// Safe: `remote` is behind its mutex, the atomics are atomics, and everything under "Loop only" is touched by the
/// loop's own thread alone, which the entry points check.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// The position of this loop in its group, from 0.
    public let index: Int

    // MARK: Any thread

    private struct Remote {
        var jobs: [UnownedJob] = []
        var work: [@Sendable () -> Void] = []
        var isStopped = false
    }
    private let remote = Mutex(Remote())
    private let asleep = Atomic<Bool>(false)
    private let epoll: Int32
    private let wakeUp: Int32

    /// When the loop began what it is doing, for the watchdog; 0 while it waits.
    let busySince = Atomic<UInt64>(0)

    // MARK: Loop only

    /// How long a turn goes on to run timers, and then jobs, that are due.
    private static let timerBudget = Duration.microseconds(250)
    private static let jobBudget = Duration.milliseconds(1)
    /// How often what is sent at the end of a turn may make more to send before others get theirs.
    private static let flushRounds = 8
    /// How many ready descriptors one turn takes: what is sent at its end is still in the processor's cache then, which
    /// with thousands of connections makes a request cheaper than longer turns do: by 5 % than with 32.
    private static let descriptorsPerTurn = 12

    private var jobs = JobQueue()
    private var timers = TimerHeap<() -> Void>()
    private var watched = WatchedDescriptors()
    private var flushing: [any EndOfTurn] = []
    private var isStopping = false
    private var taskNames: [UInt: String] = [:]
    private var attachments: [ObjectIdentifier: AnyObject] = [:]
    private(set) var label: String?
    let observer: (any LoopObserver)?
    private var busyPoll: BusyPoll
    /// The time of this turn. Loop only.
    public private(set) var now = MonotonicTime.now()
    /// The tasks that calls run on. Loop only.
    public private(set) lazy var workers = LoopWorkers(loop: self)
    /// How many handshakes may go on by a step in one turn: each takes up to a millisecond.
    private static let handshakesPerTurn = 8
    private var handshakeSteps = 0
    /// Where streams with a layer put what they open and seal, within one step. Loop only.
    private(set) lazy var layerSpace = LayerSpace()
    /// One buffer that everybody on this loop may read a socket into, within one step. Loop only.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)

    /// A loop without a thread yet: `EventLoopGroup` gives it one.
    init(index: Int, busyPoll: Duration = .zero, observer: (any LoopObserver)? = nil) throws {
        self.index = index
        self.busyPoll = BusyPoll(busyPoll)
        self.observer = observer
        epoll = mesh_epoll_create()
        guard epoll >= 0 else { throw SystemError.last("epoll_create1") }
        wakeUp = mesh_eventfd()
        guard wakeUp >= 0 else {
            let error = SystemError.last("eventfd")
            Glibc.close(epoll)
            throw error
        }
        mesh_epoll_control(
            epoll,
            Int32(mesh_epoll_add),
            wakeUp,
            IOInterest.read.rawValue,
            WatchedDescriptors.wakeUpToken
        )
    }

    deinit {
        Glibc.close(wakeUp)
        Glibc.close(epoll)
        scratch.deallocate()
    }

    /// The loop that runs the calling thread, if one does.
    public static var current: EventLoop? {
        guard let pointer = mesh_current_loop() else { return nil }
        return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the caller runs on this loop.
    public var isCurrent: Bool { mesh_current_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// Stops the process when called anywhere but on this loop.
    public func preconditionCurrent() {
        precondition(isCurrent, "this belongs to loop \(index) and was touched from outside of it")
    }

    /// A buffer that may be used within one step of the loop, by whoever runs. Loop only.
    package var scratchBuffer: UnsafeMutableRawBufferPointer { scratch }

    /// Whether a handshake may go on in this turn; if not, what has come for it is ready again in the next. Loop only.
    func takeHandshakeStep() -> Bool {
        handshakeSteps += 1
        return handshakeSteps <= Self.handshakesPerTurn
    }

    /// The object of a type of which this loop has one, made when it is first asked for: what calls of one loop share
    /// without locks. Loop only.
    package func attached<Value: AnyObject>(_ make: () -> Value) -> Value {
        if let known = attachments[ObjectIdentifier(Value.self)] { return unsafeDowncast(known, to: Value.self) }
        let new = make()
        attachments[ObjectIdentifier(Value.self)] = new
        return new
    }

    // MARK: Work

    /// Takes a job of the Swift runtime. Any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else {
            remote.withLock { $0.jobs.append(job) }
            wake()
        }
    }

    /// Runs `work` on this loop, later. Any thread.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        remote.withLock { $0.work.append(work) }
        wake()
    }

    /// Runs `body` on this loop and gives its result: how a thread outside of the loops gets onto one.
    public func run<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withTaskExecutorPreference(self) { try await Self.inside(body) }
    }

    @concurrent
    private static func inside<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        // Also what makes the hop: without a step of its own here, the compiler (6.3) leaves it out.
        precondition(EventLoop.current != nil, "work for a loop started outside of it")
        return try await body()
    }

    /// Calls `flushable.endOfTurn()` once, when this turn is over. Loop only. Ask once per turn.
    public func atEndOfTurn(_ flushable: any EndOfTurn) {
        flushing.append(flushable)
    }

    /// The name under which the watchdog reports the task that calls this. Loop only; ignored without a watchdog.
    public func nameCurrentTask(_ name: String) {
        guard observer != nil else { return }
        label = name
        withUnsafeCurrentTask { task in
            guard let task else { return }
            if taskNames.count >= 4096 { taskNames.removeAll() }
            taskNames[unsafeBitCast(task, to: UInt.self)] = name
        }
    }

    // MARK: Timers

    /// Runs `action` once, not before `delay` has passed. Loop only.
    @discardableResult
    public func schedule(after delay: Duration, _ action: @escaping () -> Void) -> LoopTimer {
        schedule(at: MonotonicTime.now().advanced(by: delay), action)
    }

    /// Runs `action` once, not before `time`. Loop only.
    @discardableResult
    public func schedule(at time: MonotonicTime, _ action: @escaping () -> Void) -> LoopTimer {
        LoopTimer(loop: self, token: timers.insert(at: time, action))
    }

    func cancel(_ token: TimerHeap<() -> Void>.Token) {
        timers.cancel(token)
    }

    // MARK: Descriptors

    /// Watches a descriptor until `unwatch`. Level-triggered. Loop only; the caller keeps the descriptor open
    /// meanwhile.
    public func watch(
        _ descriptor: Int32,
        _ interest: IOInterest,
        _ handler: any DescriptorHandler
    ) throws -> WatchToken {
        let token = watched.insert(handler, descriptor)
        guard mesh_epoll_control(epoll, Int32(mesh_epoll_add), descriptor, interest.rawValue, token.raw) == 0 else {
            let error = SystemError.last("epoll_ctl")
            watched.remove(token)
            throw error
        }
        return token
    }

    /// Changes what is waited for. Loop only.
    public func update(_ token: WatchToken, _ interest: IOInterest) {
        guard let descriptor = watched.descriptor(token) else { return }
        mesh_epoll_control(epoll, Int32(mesh_epoll_modify), descriptor, interest.rawValue, token.raw)
    }

    /// Where the handler of a descriptor reads first. Loop only.
    package func readsFirst(_ token: WatchToken, _ hint: ReadAhead) {
        watched.readsFirst(token, hint)
    }

    /// Stops watching; no event of this descriptor arrives any more, not even one already read. Loop only.
    public func unwatch(_ token: WatchToken) {
        guard let descriptor = watched.descriptor(token) else { return }
        mesh_epoll_control(epoll, Int32(mesh_epoll_delete), descriptor, 0, 0)
        watched.remove(token)
    }

    // MARK: The thread

    /// Runs turns until `stop`. Called once, by the loop's own thread.
    func runThread() {
        mesh_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        mesh_name_thread("loop-\(index)")
        // sendfile(2) has no flag that leaves it out.
        var broken = sigset_t()
        sigemptyset(&broken)
        sigaddset(&broken, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &broken, nil)
        withUnsafeTemporaryAllocation(of: mesh_epoll_ready.self, capacity: Self.descriptorsPerTurn) { ready in
            guard let rows = ready.baseAddress else { return }
            while !isStopping {
                turn(rows)
            }
        }
        mesh_set_current_loop(nil)
    }

    /// Ends the loop after the turn that sees it; later work is not run. Any thread.
    func stop() {
        remote.withLock { $0.isStopped = true }
        wake()
    }

    private func turn(_ rows: UnsafeMutablePointer<mesh_epoll_ready>) {
        let count = wait(rows)
        asleep.store(false, ordering: .sequentiallyConsistent)
        now = MonotonicTime.now()
        handshakeSteps = 0
        busySince.store(now.nanoseconds, ordering: .relaxed)
        for index in 0..<max(0, Int(count)) {
            let row = rows[index]
            if index + 1 < Int(count) {
                watched.readAhead(rows[index + 1].token, then: rows[min(index + 2, Int(count) - 1)].token)
            }
            guard row.token != WatchedDescriptors.wakeUpToken else {
                // Empties the counter, else the eventfd stays ready.
                var counter: UInt64 = 0
                _ = Glibc.read(wakeUp, &counter, 8)
                continue
            }
            guard let handler = watched.handler(row.token) else { continue }
            measured({ String(describing: type(of: handler)) }) { handler.ready(IOInterest(rawValue: row.events)) }
        }
        runTimers()
        takeRemote()
        runJobs()
        var rounds = 0
        while !flushing.isEmpty, rounds < Self.flushRounds {
            rounds += 1
            let batch = flushing
            flushing.removeAll(keepingCapacity: true)
            for flushable in batch {
                measured({ "\(type(of: flushable)) at the end of a turn" }) { flushable.endOfTurn() }
            }
            // Flushing may close connections and so resume tasks.
            runJobs()
        }
        busySince.store(0, ordering: .relaxed)
    }

    private func wait(_ rows: UnsafeMutablePointer<mesh_epoll_ready>) -> Int32 {
        let patience = patience()
        guard patience != 0, busyPoll.limit > 0 else { return ready(rows, patience) }
        let begun = MonotonicTime.now().nanoseconds
        var outcome = BusyPoll.Outcome.slept
        defer { busyPoll.waited(MonotonicTime.now().nanoseconds - begun, outcome) }
        if busyPoll.isWorthwhile {
            if let count = look(rows, from: begun) {
                outcome = .found
                return count
            }
            outcome = .lookedInVain
        }
        return ready(rows, patience)
    }

    /// Asks again and again whether something is ready; nil when the time is over, or others want the processor.
    private func look(_ rows: UnsafeMutablePointer<mesh_epoll_ready>, from begun: UInt64) -> Int32? {
        var last = begun
        while true {
            let count = ready(rows, 0)
            if count != 0 { return count }
            sched_yield()
            let current = MonotonicTime.now().nanoseconds
            if current - begun >= busyPoll.limit || current - last > BusyPoll.longestYield { return nil }
            last = current
        }
    }

    private func ready(_ rows: UnsafeMutablePointer<mesh_epoll_ready>, _ patience: Int32) -> Int32 {
        mesh_epoll_wait(epoll, rows, Int32(Self.descriptorsPerTurn), patience)
    }

    /// How long epoll may wait, in milliseconds rounded up; -1 for ever. Announces sleep before the last look.
    private func patience() -> Int32 {
        if jobs.count > 0 || !flushing.isEmpty { return 0 }
        asleep.store(true, ordering: .sequentiallyConsistent)
        let waiting = remote.withLock { !$0.jobs.isEmpty || !$0.work.isEmpty || $0.isStopped }
        if waiting { return 0 }
        guard let next = timers.next else { return -1 }
        let current = MonotonicTime.now()
        guard next > current else { return 0 }
        return Int32(min((next.nanoseconds - current.nanoseconds + 999_999) / 1_000_000, 3_600_000))
    }

    /// Runs what is due at the beginning of the turn, as far as the budget allows; what is left keeps epoll from
    /// waiting.
    private func runTimers() {
        guard let next = timers.next, next <= now else { return }
        let begun = MonotonicTime.now()
        while let action = timers.popDue(now) {
            measured({ "a timer" }, action)
            if begun.duration(to: .now()) >= Self.timerBudget { return }
        }
    }

    private func runJobs() {
        let executor = asUnownedTaskExecutor()
        // Bounded, so that tasks that keep making each other ready cannot starve the sockets.
        var left = 4096
        var end: MonotonicTime?
        while left > 0, let job = jobs.popFirst() {
            left -= 1
            // The clock is not read for the few that most turns have.
            if left % 64 == 0 {
                let time = MonotonicTime.now()
                if let end, time >= end { left = 0 }
                end = end ?? time.advanced(by: Self.jobBudget)
            }
            if observer == nil {
                job.runSynchronously(on: executor)
            } else {
                label = taskNames[unsafeBitCast(job, to: UInt.self)]
                measured({ "a task" }) { job.runSynchronously(on: executor) }
            }
        }
    }

    private func takeRemote() {
        let (arrived, work, stopped) = remote.withLock { remote in
            defer {
                remote.jobs.removeAll(keepingCapacity: remote.jobs.count < 1024)
                remote.work.removeAll(keepingCapacity: remote.work.count < 1024)
            }
            return (remote.jobs, remote.work, remote.isStopped)
        }
        for job in arrived { jobs.append(job) }
        for item in work { measured({ "a closure" }, item) }
        isStopping = stopped
    }

    private func wake() {
        guard asleep.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the loop is being woken anyway.
        _ = Glibc.write(wakeUp, &one, 8)
    }

    /// Runs one step, and tells the watchdog when it took too long.
    private func measured(_ name: () -> String, _ body: () -> Void) {
        guard let observer else { return body() }
        let wallLimit = observer.wallLimit
        let begun = wallLimit.map { _ in MonotonicTime.now() }
        let start = observer.clock.now()
        body()
        let spent = start.duration(to: observer.clock.now())
        if spent > observer.limit {
            observer.loopWasHeld(self, spent, by: label ?? name())
        } else if let wallLimit, let passed = begun?.duration(to: .now()), passed > wallLimit {
            observer.loopWasHeld(self, passed, by: "\(label ?? name()), on the wall")
        }
        label = nil
    }
}
