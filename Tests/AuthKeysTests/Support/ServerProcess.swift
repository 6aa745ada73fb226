import Glibc
import Synchronization
import Testing

/// A server of the test's own. It dies with this process: a shell beside it reads from a pipe whose other end is here, and
/// kills it when that closes. (The kernel's own way, PR_SET_PDEATHSIG, goes by the thread that started it, and those of the
/// pool come and go.)
final class ServerProcess: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private let shell: pid_t
    private let pid: pid_t
    private let input: Int32
    private let output: Int32
    private let buffer = Mutex<[UInt8]>([])

    /// The folder Tests, and the interpreter that Tests/run installs into it.
    private static var tests: String {
        String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    }

    /// One of the scripts in Servers.
    static func python(_ script: String) throws -> ServerProcess {
        let interpreter = "\(tests)/.venv/bin/python"
        guard access(interpreter, X_OK) == 0 else {
            throw Missing(
                description: "\(interpreter) is missing: `sh Tests/run` makes it, with AuthKeysTests/requirements.txt"
            )
        }
        return try ServerProcess([interpreter, "-W", "ignore", "-u", "\(tests)/AuthKeysTests/Servers/\(script)"])
    }

    /// The path of a program of a Debian package.
    static func program(_ names: [String], package: String) throws -> String {
        for name in names {
            for folder in ["/usr/local/bin", "/usr/bin", "/usr/sbin"] where access("\(folder)/\(name)", X_OK) == 0 {
                return "\(folder)/\(name)"
            }
        }
        throw Missing(description: "\(names[0]) is missing: apt-get install \(package)")
    }

    init(_ command: [String]) throws {
        var (toShell, fromShell): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&toShell) == 0, pipe(&fromShell) == 0,
            (toShell + fromShell).allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 })
        else { throw Missing(description: "no pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toShell[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromShell[1], 1)
        // Threads of the pool block all signals, and a process inherits that from the thread that starts it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // The inner shell says its number before it becomes the server, which may write at once.
        let server = "sh -c 'echo $$; exec \"$@\"' sh \"$@\""
        let words = ["sh", "-c", "\(server) & read -r _; kill -KILL $!", "sh"] + command
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var shell: pid_t = 0
        let result = posix_spawn(&shell, "/bin/sh", &actions, &attributes, arguments, environ)
        close(toShell[0])
        close(fromShell[1])
        guard result == 0 else { throw Missing(description: "\(command[0]) does not start: \(result)") }
        (self.shell, input, output) = (shell, toShell[1], fromShell[0])
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(fromShell[0], &byte, 1) == 1, byte != 0x0a { line.append(byte) }
        pid = try #require(pid_t(String(decoding: line, as: UTF8.self)), "the shell says which process it started")
    }

    deinit {
        kill(pid, SIGKILL)
        close(input)
        var status: Int32 = 0
        waitpid(shell, &status, 0)
        close(output)
    }

    /// Stops it in its tracks, or lets it go on.
    func freeze(_ isFrozen: Bool) { kill(pid, isFrozen ? SIGSTOP : SIGCONT) }

    /// The port that it prints first. Blocks.
    func port() throws -> UInt16 {
        try #require(line().flatMap { UInt16($0) }, "the server prints its port")
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
            var space = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &space, space.count)
            guard count > 0 else { return nil }
            buffer.withLock { $0.append(contentsOf: space[..<count]) }
        }
    }
}
