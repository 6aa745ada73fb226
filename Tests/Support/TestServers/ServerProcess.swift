import Glibc
import Synchronization

/// A server of the test's own: it is ended with its owner, and the kernel kills it when the test process dies.
public final class ServerProcess: Sendable {
    private let pid: pid_t
    private let output: Int32
    private let buffer = Mutex<[UInt8]>([])
    private let hasEnded = Mutex(false)

    /// Starts a program, whose standard output is read with `line`.
    /// - Parameter command: the path of the program, and its arguments.
    /// - Throws: `TestServerError` if it cannot be started.
    public init(_ command: [String]) throws {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0, pipes.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw TestServerError("no pipe: \(errno)")
        }
        let words = [try TestPrograms.path("setpriv", package: "util-linux"), "--pdeathsig", "KILL"] + command
        let end = pipes[1]
        let (result, pid) = SpawningThread.shared.run { Self.spawn(words, output: end) }
        close(pipes[1])
        guard result == 0 else {
            close(pipes[0])
            throw TestServerError("\(command[0]) does not start: \(result)")
        }
        self.pid = pid
        output = pipes[0]
    }

    deinit {
        end()
        close(output)
    }

    /// Starts a script with the interpreter of Tests/run.
    /// - Parameters:
    ///   - script: its path in the folder Tests.
    ///   - arguments: what the script is given.
    public static func python(_ script: String, _ arguments: [String] = []) throws -> ServerProcess {
        // Warnings of the packages about themselves would hide what fails.
        let command = [try TestPrograms.python(), "-W", "ignore", "-u", "\(TestPrograms.tests)/\(script)"]
        return try ServerProcess(command + arguments)
    }

    /// Runs a program to its end, and gives the lines that it printed. Blocks, two minutes at the most without a line.
    /// - Throws: `TestServerError` if it fails.
    @discardableResult
    public static func run(_ command: [String]) throws -> [String] {
        let process = try ServerProcess(command)
        var lines: [String] = []
        while let line = process.line(within: 120) { lines.append(line) }
        var information = siginfo_t()
        waitid(P_PID, id_t(process.pid), &information, WEXITED | WNOWAIT)
        guard information._sifields._sigchld.si_status == 0 else {
            throw TestServerError("\(command.prefix(3).joined(separator: " ")) failed")
        }
        return lines
    }

    /// Kills it without warning, and waits until it is gone.
    public func end() {
        hasEnded.withLock { hasEnded in
            guard !hasEnded else { return }
            hasEnded = true
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
    }

    /// Whether it has not ended by itself.
    public var isRunning: Bool {
        hasEnded.withLock { hasEnded in
            var information = siginfo_t()
            return !hasEnded && waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT | WNOHANG) == 0
                && information._sifields._sigchld.si_pid == 0
        }
    }

    /// Sends it a signal, if it has not been ended.
    public func signal(_ signal: Int32) {
        hasEnded.withLock { hasEnded in
            if !hasEnded { _ = kill(pid, signal) }
        }
    }

    /// Stops it in its tracks, or lets it go on.
    public func freeze(_ isFrozen: Bool) { signal(isFrozen ? SIGSTOP : SIGCONT) }

    /// The next line it prints; nil when none comes in some seconds, or it has ended. Blocks.
    public func line(within seconds: Int32 = 30) -> String? {
        while true {
            let line = buffer.withLock { buffer -> String? in
                guard let end = buffer.firstIndex(of: 0x0A) else { return nil }
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            if let line { return line }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, seconds * 1000) > 0 else { return nil }
            var space = [UInt8](repeating: 0, count: 65_536)
            let count = read(output, &space, space.count)
            guard count > 0 else { return nil }
            buffer.withLock { $0.append(contentsOf: space[..<count]) }
        }
    }

    /// The port that it prints first. Blocks.
    public func port() throws -> UInt16 {
        guard let port = line().flatMap({ UInt16($0) }) else { throw TestServerError("the server prints no port") }
        return port
    }

    /// Starts a process whose standard output is `output`.
    private static func spawn(_ words: [String], output: Int32) -> (result: Int32, pid: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        // A process inherits the signals that the thread which starts it blocks.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, words[0], &actions, &attributes, arguments, environ)
        return (result, pid)
    }
}
