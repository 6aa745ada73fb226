import Foundation
import Glibc
import Synchronization

/// A program that the tests need and that is not here.
struct Missing: Error, CustomStringConvertible {
    let description: String
}

/// A server of the test's own: it is ended with its owner, and dies with the test process.
final class ServerProcess: Sendable {
    let pid: pid_t
    private let output: Int32
    private let buffer = Mutex<[UInt8]>([])

    /// The folder Tests.
    static var tests: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()
    }

    /// A script of Servers, run by the interpreter that Tests/run installs.
    static func python(_ script: String, _ arguments: [String]) throws -> ServerProcess {
        let interpreter = "\(tests).venv/bin/python"
        guard access(interpreter, X_OK) == 0 else {
            throw Missing(description: "\(interpreter) is missing: `sh Tests/run` makes it, with aiosmtpd in it")
        }
        return try ServerProcess([interpreter, "-u", "\(tests)MailDriverTests/Servers/\(script)"] + arguments)
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
        let setpriv = try Self.program("setpriv", package: "util-linux")
        let words = [setpriv, "--pdeathsig", "KILL"] + command
        let end = pipes[1]
        let (result, pid) = SpawningThread.shared.run { Self.spawn(words, output: end) }
        close(pipes[1])
        guard result == 0 else {
            close(pipes[0])
            throw Missing(description: "\(command[0]) does not start: \(result)")
        }
        self.pid = pid
        output = pipes[0]
    }

    /// Starts a process whose standard output is `output`.
    private static func spawn(_ words: [String], output: Int32) -> (result: Int32, pid: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        // Threads of the pool block all signals, and a process inherits that from the thread that starts it.
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

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(output)
    }

    /// The next line it prints; nil when none comes in some seconds, or it has ended. Blocks.
    func line(within seconds: Int32 = 30) -> String? {
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

    /// The port that it prints first.
    func port() throws -> UInt16 {
        guard let port = line().flatMap({ UInt16($0) }) else { throw Missing(description: "the server has no port") }
        return port
    }

    /// Runs a program to its end, and gives what it printed.
    @discardableResult
    static func run(_ command: [String]) throws -> [String] {
        let process = try ServerProcess(command)
        var lines: [String] = []
        while let line = process.line(within: 120) { lines.append(line) }
        var information = siginfo_t()
        waitid(P_PID, id_t(process.pid), &information, WEXITED | WNOWAIT)
        guard information._sifields._sigchld.si_status == 0 else {
            throw Missing(description: "\(command.prefix(3).joined(separator: " ")) failed")
        }
        return lines
    }

    /// A port of loopback that nobody listens on now.
    static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(descriptor, address, length)
                _ = getsockname(descriptor, address, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }
}
