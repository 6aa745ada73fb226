import CHost
import Glibc
import Logging
import Reactor
import Synchronization

/// A server that runs as a child of this process, and is started again when it ends by itself.
///
/// A thread of its own starts it and waits for it: the kernel ends the child with the thread that started it, so a crash
/// of this process leaves nothing running.
final class ChildServer: Sendable {
    private let program: ChildProgram
    // Made on use: the process may set its log handler later than this begins.
    private var logger: Logger { Logger(label: "host.children") }
    /// A pipe whose reading end tells the thread to stop.
    private let stopped: Int32
    private let stopper: Int32
    private let isStopping = Atomic<Bool>(false)
    private let process = Atomic<pid_t>(0)
    private let thread = Mutex<POSIXThread?>(nil)

    /// How long a child may take to end in order.
    private static let patience = Duration.seconds(20)

    private init(_ program: ChildProgram) {
        self.program = program
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (stopped, stopper) = (ends[0], ends[1])
    }

    /// Starts it; it runs when this returns, and may need a while to answer.
    /// - Throws: `StartError` if it cannot be started at all.
    static func start(_ program: ChildProgram) async throws(StartError) -> ChildServer {
        let server = ChildServer(program)
        do {
            try await withUnsafeThrowingContinuation { (started: UnsafeContinuation<Void, any Error>) in
                do {
                    let thread = try POSIXThread { server.run(started) }
                    server.thread.withLock { $0 = thread }
                } catch {
                    started.resume(throwing: error)
                }
            }
        } catch {
            throw StartError(.dependencyUnavailable, "\(program.name) (\(program.path)) cannot be started: \(error)")
        }
        return server
    }

    deinit {
        close(stopped)
        close(stopper)
    }

    /// The child's process id; 0 between two runs.
    var processID: pid_t { process.load(ordering: .acquiring) }

    /// Asks it to end, waits, and insists if it takes too long. Blocks; any thread, any number of times.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        _ = write(stopper, [0], 1)
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    // MARK: The thread

    private func run(_ started: UnsafeContinuation<Void, any Error>) {
        var pid: pid_t
        do {
            pid = try start()
            started.resume()
        } catch {
            return started.resume(throwing: error)
        }
        var policy = RestartPolicy()
        while true {
            let begun = MonotonicTime.now()
            var reason = Self.words(watch(pid))
            repeat {
                let delay = policy.ended(after: begun.duration(to: .now()))
                var waiting = [pollfd(fd: stopped, events: Int16(POLLIN), revents: 0)]
                // Ends early when somebody asks to stop.
                poll(&waiting, 1, Int32(delay.wholeNanoseconds / 1_000_000))
                if isStopping.load(ordering: .acquiring) { return }
                logger.error(
                    "a server ended by itself and is started again",
                    metadata: ["server": "\(program.name)", "reason": "\(reason)", "log": "\(program.log)"]
                )
                do {
                    pid = try start()
                } catch {
                    pid = 0
                    reason = "\(error)"
                }
            } while pid == 0
        }
    }

    private func start() throws(SystemError) -> pid_t {
        let log = open(program.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw SystemError(errno, "open \(program.log)") }
        defer { close(log) }
        return try program.start(log: log)
    }

    /// Waits until the child has ended, and ends it when asked to. Returns its status.
    private func watch(_ pid: pid_t) -> Int32 {
        process.store(pid, ordering: .releasing)
        defer { process.store(0, ordering: .releasing) }
        let ended = host_child_watch(pid)
        defer { close(ended) }
        var waiting = [ended, stopped].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while ended >= 0, poll(&waiting, 2, -1) < 0, errno == EINTR {}
        if isStopping.load(ordering: .acquiring) {
            kill(pid, program.stopSignal)
            let left = Int32(Self.patience.wholeNanoseconds / 1_000_000)
            if ended < 0 || poll(&waiting, 1, left) == 0 { kill(-pid, SIGKILL) }
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func words(_ status: Int32) -> String {
        status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
    }
}
