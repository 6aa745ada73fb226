import Foundation
import Synchronization
import Testing
import Valkey

/// A real server, or a Sentinel, in a folder of its own. It dies with this process: a shell beside it reads from a pipe
/// whose other end is here, and kills it when that closes.
final class StoreProcess: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description =
            "no valkey-server and no redis-server on the path: apt-get install redis-server (or valkey-server)"
    }

    let folder: TemporaryFolder
    let port: UInt16?
    private let arguments: [String]
    private struct Running {
        var shell: Process
        var pipe: Pipe
        var pid: Int32
    }
    private let running = Mutex<Running?>(nil)

    /// A server that is not started yet, on a unix socket and, if a port is given, on loopback.
    init(port: UInt16? = nil, _ options: [String] = []) throws {
        folder = try TemporaryFolder()
        self.port = port
        arguments =
            [
                "--port", "\(port ?? 0)", "--bind", "127.0.0.1", "--unixsocket", folder.file("s"), "--save", "",
                "--appendonly", "no", "--dir", folder.path, "--repl-diskless-sync-delay", "0",
            ] + options
    }

    /// A Sentinel with this configuration.
    init(sentinel configuration: String, port: UInt16) throws {
        folder = try TemporaryFolder()
        self.port = port
        try configuration.write(toFile: folder.file("sentinel.conf"), atomically: true, encoding: .utf8)
        arguments = [folder.file("sentinel.conf"), "--sentinel", "--port", "\(port)", "--dir", folder.path]
    }

    deinit { kill() }

    var unix: ValkeyEndpoint {
        get throws { try #require(ValkeyEndpoint("unix:" + folder.file("s"))) }
    }
    var loopback: ValkeyEndpoint {
        get throws {
            let port = try #require(port)
            return try #require(ValkeyEndpoint("127.0.0.1:\(port)"))
        }
    }

    /// Starts it and waits until it listens.
    func start() async throws {
        let shell = Process()
        let input = Pipe()
        let output = Pipe()
        let log = folder.file("log")
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments =
            ["-c", "log=$1; shift; \"$@\" >>\"$log\" 2>&1 & echo $!; read -r _; kill -KILL $!", "sh", log]
            + [try Self.binary()] + arguments
        shell.standardInput = input
        shell.standardOutput = output
        try shell.run()
        // The shell writes one line at once.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let pid = try #require(Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        running.withLock { $0 = Running(shell: shell, pipe: input, pid: pid) }
        for _ in 0..<3000 {
            if Self.listens(port.map { .port($0) } ?? .path(folder.file("s"))) { return }
            guard Foundation.kill(pid, 0) == 0 else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        Issue.record("the server does not listen:\n\(text.suffix(2000))")
        throw Missing()
    }

    /// Kills it without warning, and waits until it is gone.
    func kill() {
        guard
            let old = running.withLock({ running in
                defer { running = nil }; return running
            })
        else { return }
        Foundation.kill(old.pid, SIGKILL)
        try? old.pipe.fileHandleForWriting.close()
        old.shell.waitUntilExit()
    }

    /// Stops it in its tracks, or lets it go on.
    func freeze(_ isFrozen: Bool) {
        running.withLock { if let pid = $0?.pid { _ = Foundation.kill(pid, isFrozen ? SIGSTOP : SIGCONT) } }
    }

    /// A loopback port that was free a moment ago. It is below those that the system gives to clients, so that none
    /// takes it before the server does.
    static func freePort() -> UInt16 {
        while true {
            let port = UInt16.random(in: 20_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            let isFree = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isFree { return port }
        }
    }

    /// Prefers valkey-server.
    private static func binary() throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for name in ["valkey-server", "redis-server"] {
            for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        throw Missing()
    }

    private enum Place {
        case port(UInt16)
        case path(String)
    }

    private static func listens(_ place: Place) -> Bool {
        switch place {
        case .path(let path):
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
        case .port(let port):
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
    }
}

/// A folder that goes when its owner does. Its path is short: a unix socket's may have 107 bytes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/vk-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}
