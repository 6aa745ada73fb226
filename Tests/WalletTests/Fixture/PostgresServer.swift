import Foundation
import Glibc
import Postgres
import Synchronization

/// A private PostgreSQL in a folder of its own, stopped with its owner or with this process.
///
/// A small shell is its parent: it waits for the end of its standard input, which comes when this process is gone for
/// whatever reason, and then ends the server.
final class PostgresServer: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// One server for all tests that do not harm it.
    static let shared = Result { try PostgresServer() }

    let folder: String
    let port: UInt16 = 5432
    private let arguments: [String]
    private let watcher = Mutex<(process: Process, input: Pipe)?>(nil)

    /// Makes a server and starts it.
    init() throws {
        let binaries = try Self.binaries.get()
        folder = try TemporaryFolder.make()
        if geteuid() == 0 { try Self.run("/bin/chown", ["postgres", folder]) }
        let data = "\(folder)/data"
        try Self.asServer(
            [
                "\(binaries)/initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
                "--locale=C",
            ]
        )
        arguments =
            [
                "\(binaries)/postgres", "-D", data, "-k", folder, "-p", "\(port)", "-c", "fsync=off",
                "-c", "listen_addresses=", "-c", "max_connections=200",
                "-c", "full_page_writes=off", "-c", "deadlock_timeout=100ms", "-c", "logging_collector=off",
            ]
        try start()
    }

    deinit {
        kill(SIGQUIT)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A configuration that leads to its socket.
    var configuration: PostgresConfiguration {
        PostgresConfiguration(socketFolder: folder, port: port, user: "postgres", database: "postgres")
    }

    var dataFolder: String { "\(folder)/data" }

    /// What it has written to its log.
    var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    /// Starts it, or starts it again, and waits until it answers.
    func start() throws {
        if geteuid() == 0 { try Self.run("/bin/chown", ["-R", "postgres", folder]) }
        let process = Process()
        let input = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.watching, folder] + Self.dropping(arguments)
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        watcher.withLock { $0 = (process, input) }
        let isReady = "\(try Self.binaries.get())/pg_isready"
        for _ in 0..<600 {
            if try Self.status(isReady, ["-q", "-h", folder, "-p", "\(port)"]) == 0 { return }
            usleep(50_000)
        }
        throw Failure(description: "PostgreSQL did not start: \(log)")
    }

    /// Sends a signal to the server and waits until it is gone.
    func kill(_ signal: Int32) {
        watcher.withLock { watcher in
            guard let (process, input) = watcher else { return }
            let pid = postmaster
            if let pid { Glibc.kill(pid, signal) }
            // The shell ends, so that init takes over the server and its remains.
            try? input.fileHandleForWriting.write(contentsOf: Array("end\n".utf8))
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
            watcher = nil
            for _ in 0..<400 {
                guard let pid, Glibc.kill(pid, 0) == 0 else { break }
                usleep(10_000)
            }
        }
    }

    private var postmaster: pid_t? {
        let text = try? String(contentsOfFile: "\(dataFolder)/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    // MARK: Programs

    /// "$0" is the server's folder and "$@" its command line. A line means that the server is taken care of; the end of
    /// the input, that this process is gone, and then nothing may be left of the server. It is not waited for with
    /// `wait`: dash does that by SIGCHLD, which it may have inherited as blocked.
    private static let watching = """
        "$@" >/dev/null 2>>"$0/log" </dev/null &
        read -r line && { kill -QUIT $! 2>/dev/null; exit; }
        kill -QUIT $! 2>/dev/null
        left=100
        while [ -e "$0/data/postmaster.pid" ] && [ $left -gt 0 ]; do sleep 0.1; left=$((left - 1)); done
        rm -rf "$0"
        """

    /// Debian keeps each major version in a folder of its own; the newest serves.
    private static let binaries = Result {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let newest = versions.max(),
            FileManager.default.isExecutableFile(atPath: "\(root)/\(newest)/bin/postgres")
        else { throw Failure(description: "PostgreSQL is missing: apt-get install postgresql") }
        return "\(root)/\(newest)/bin"
    }

    /// The server refuses to run as root.
    private static func dropping(_ command: [String]) -> [String] {
        geteuid() == 0
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] + command : command
    }

    private static func asServer(_ command: [String]) throws {
        try run("/usr/bin/env", dropping(command))
    }

    static func run(_ path: String, _ arguments: [String]) throws {
        guard try status(path, arguments) == 0 else {
            throw Failure(description: "failed: \(path) \(arguments.joined(separator: " "))")
        }
    }

    private static func status(_ path: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
