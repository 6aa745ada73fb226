import Foundation
import Glibc

/// How the programs of PostgreSQL are found, and run as a user that they accept.
enum PostgresPrograms {
    /// "$0" is the server's folder and "$@" its command line. A line means that the server is taken care of; the end of
    /// the input, that this process is gone, and then nothing may be left of the server. It is not waited for with
    /// `wait`: dash does that by SIGCHLD, which it may have inherited as blocked.
    static let watching = """
        "$@" >/dev/null 2>>"$0/log" </dev/null &
        read -r line && { kill -QUIT $! 2>/dev/null; exit; }
        kill -QUIT $! 2>/dev/null
        left=100
        while [ -e "$0/data/postmaster.pid" ] && [ $left -gt 0 ]; do sleep 0.1; left=$((left - 1)); done
        rm -rf "$0"
        """

    /// Debian keeps each major version in a folder of its own; the newest serves.
    static let folder = Result {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let newest = versions.max(),
            FileManager.default.isExecutableFile(atPath: "\(root)/\(newest)/bin/postgres")
        else { throw TestServerError("PostgreSQL is missing: apt-get install postgresql") }
        return "\(root)/\(newest)/bin"
    }

    /// The server refuses to run as root.
    static func dropping(_ command: [String]) -> [String] {
        geteuid() == 0
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] + command : command
    }

    static func asServer(_ command: [String]) throws {
        try run("/usr/bin/env", dropping(command))
    }

    static func run(_ path: String, _ arguments: [String]) throws {
        guard try status(path, arguments) == 0 else {
            throw TestServerError("failed: \(path) \(arguments.joined(separator: " "))")
        }
    }

    static func status(_ path: String, _ arguments: [String]) throws -> Int32 {
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
