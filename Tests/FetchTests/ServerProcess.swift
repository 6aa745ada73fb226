import Glibc
import Synchronization
import Testing

/// A server of the test's own: it ends with the test, and is killed when the test process dies.
final class ServerProcess: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let pid: pid_t
    private let output: Int32
    private let buffer = Mutex<[UInt8]>([])

    /// The folder Tests, and the interpreter that Tests/run installs into it.
    static var tests: String { String(#filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }) }

    static func python(_ script: String, _ arguments: [String]) throws -> ServerProcess {
        let interpreter = "\(tests)/.venv/bin/python"
        guard access(interpreter, X_OK) == 0 else {
            throw Missing(description: "\(interpreter) is missing: `sh Tests/run` makes it, with aiosmtpd in it")
        }
        return try ServerProcess([interpreter, "\(tests)/FetchTests/Servers/\(script)"] + arguments)
    }

    /// The path of a program of a Debian package.
    static func program(_ name: String, package: String) throws -> String {
        for folder in ["/usr/bin", "/usr/sbin", "/usr/local/bin"] where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw Missing(description: "\(name) is missing: install Debian's package \(package)")
    }

    init(_ command: [String]) throws {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0, pipes.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw Missing(description: "no pipe")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        // Threads of the pool block all signals, and a process inherits that from the thread that starts it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let setpriv = try Self.program("setpriv", package: "util-linux")
        let words = [setpriv, "--pdeathsig", "KILL"] + command
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, setpriv, &actions, &attributes, arguments, environ)
        close(pipes[1])
        guard result == 0 else {
            close(pipes[0])
            throw Missing(description: "\(command[0]) does not start: \(result)")
        }
        self.pid = pid
        output = pipes[0]
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(output)
    }

    /// The next line it prints; nil when none comes in some seconds. Blocks.
    func line(within seconds: Int32 = 30) -> String? {
        while true {
            let line = buffer.withLock { buffer -> String? in
                guard let end = buffer.firstIndex(of: 0x0a) else { return nil }
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            if let line { return line }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, seconds * 1000) > 0 else { return nil }
            var space = [UInt8](repeating: 0, count: 65536)
            let count = read(output, &space, space.count)
            guard count > 0 else { return nil }
            buffer.withLock { $0.append(contentsOf: space[..<count]) }
        }
    }

    /// All that it still prints until it has done what was sent to it. For smtp_server.py, which then says so. Blocks.
    func settle() throws -> [String] {
        kill(pid, SIGUSR1)
        var lines: [String] = []
        while let line = line() {
            guard line != "settled" else { return lines }
            lines.append(line)
        }
        throw Missing(description: "the server does not settle")
    }

    /// The port that it prints first.
    func port() throws -> UInt16 {
        try #require(line().flatMap { UInt16($0) }, "the server prints its port")
    }

    /// Runs a program to its end.
    static func run(_ command: [String], input: String? = nil) throws {
        let process = try ServerProcess(command)
        while process.line(within: 120) != nil {}
        var information = siginfo_t()
        waitid(P_PID, id_t(process.pid), &information, WEXITED | WNOWAIT)
        guard information._sifields._sigchld.si_status == 0 else {
            throw Missing(description: "\(command.prefix(3).joined(separator: " ")) failed")
        }
    }
}
