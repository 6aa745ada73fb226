import Foundation
import Glibc
public import Postgres
import Synchronization

/// A private PostgreSQL in a folder of its own, stopped with its owner or with this process.
///
/// A small shell is its parent: it waits for the end of its standard input, which comes when this process is gone for
/// whatever reason, and then ends the server.
public final class PostgresServer: Sendable {
    /// One server for all tests that do not harm it.
    public static let shared = Result { try PostgresServer() }

    /// Its port on loopback if it listens there; it names its unix socket too.
    public let port: UInt16
    private let place: TemporaryFolder
    private let arguments: [String]
    private let watcher = Mutex<(process: Process, input: Pipe)?>(nil)

    /// Makes a server and starts it.
    /// - Parameters:
    ///   - listens: on a free port of loopback too, besides the unix socket.
    ///   - hba: lines of pg_hba.conf; nil to let everybody in.
    ///   - primary: what it is a streaming standby of; nil for a server of its own.
    ///   - prepare: changes files of its data folder before its first start.
    /// - Throws: `TestServerError` if it does not start, or that names the Debian package.
    public init(
        listens: Bool = false,
        settings: [String] = [],
        hba: String? = nil,
        standbyOf primary: PostgresServer? = nil,
        prepare: (_ data: String) throws -> Void = { _ in }
    ) throws {
        let binaries = try PostgresPrograms.folder.get()
        place = try TemporaryFolder()
        let folder = place.path
        port = listens ? try LoopbackPort.free() : 5432
        if geteuid() == 0 { try PostgresPrograms.run("/bin/chown", ["postgres", folder]) }
        let data = "\(folder)/data"
        if let primary {
            try PostgresPrograms.asServer(
                [
                    "\(binaries)/pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-U",
                    "postgres", "-h", primary.folder, "-p", "\(primary.port)",
                ]
            )
        } else {
            try PostgresPrograms.asServer(
                [
                    "\(binaries)/initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
                    "--locale=C",
                ]
            )
        }
        if let hba { try hba.write(toFile: "\(data)/pg_hba.conf", atomically: false, encoding: .utf8) }
        arguments =
            [
                "\(binaries)/postgres", "-D", data, "-k", folder, "-p", "\(port)", "-c", "fsync=off",
                "-c", "listen_addresses=\(listens ? "127.0.0.1" : "")", "-c", "max_connections=300",
                "-c", "full_page_writes=off", "-c", "deadlock_timeout=100ms", "-c", "logging_collector=off",
            ] + settings.flatMap { ["-c", $0] }
        try prepare(data)
        try start()
    }

    deinit { kill(SIGQUIT) }

    /// The folder of its unix socket, its data and its log, in which a test may put more.
    public var folder: String { place.path }

    /// Where its data is.
    public var dataFolder: String { place.file("data") }

    /// A configuration that leads to its socket, as the superuser.
    public func configuration(database: String = "postgres") -> PostgresConfiguration {
        PostgresConfiguration(socketFolder: folder, port: port, user: "postgres", database: database)
    }

    /// Where it listens on loopback.
    public var host: PostgresConfiguration.Host { .init("127.0.0.1", port: port) }

    /// What it has written to its log.
    public var log: String { place.text("log") }

    /// Starts it, or starts it again, and waits until it answers.
    public func start() throws {
        if geteuid() == 0 { try PostgresPrograms.run("/bin/chown", ["-R", "postgres", folder]) }
        let process = Process()
        let input = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", PostgresPrograms.watching, folder] + PostgresPrograms.dropping(arguments)
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        watcher.withLock { $0 = (process, input) }
        let isReady = "\(try PostgresPrograms.folder.get())/pg_isready"
        for _ in 0..<600 {
            if try PostgresPrograms.status(isReady, ["-q", "-h", folder, "-p", "\(port)"]) == 0 { return }
            usleep(50_000)
        }
        throw TestServerError("PostgreSQL did not start: \(log)")
    }

    /// Makes a standby the primary.
    public func promote() throws {
        try PostgresPrograms.asServer([
            "\(try PostgresPrograms.folder.get())/pg_ctl", "promote", "-D", dataFolder, "-s",
        ])
    }

    /// Sends a signal to the server and waits until it is gone.
    public func kill(_ signal: Int32) {
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

    /// Sends a signal to every process of the server, such as SIGSTOP.
    public func signalAll(_ signal: Int32) throws {
        guard let pid = postmaster else { throw TestServerError("the server does not run") }
        Glibc.kill(pid, signal)
        let children = try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
        for child in (children ?? "").split(separator: " ").compactMap({ pid_t($0) }) { Glibc.kill(child, signal) }
    }

    private var postmaster: pid_t? {
        place.text("data/postmaster.pid").split(separator: "\n").first.flatMap { pid_t($0) }
    }
}
