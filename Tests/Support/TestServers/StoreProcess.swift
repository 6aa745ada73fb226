import Foundation
import Synchronization
public import Valkey

/// A real Valkey or Redis server, or a Sentinel, in a folder of its own. It dies with this process.
public final class StoreProcess: Sendable {
    /// The port on loopback; nil if it has its unix socket alone.
    public let port: UInt16?
    private let folder: TemporaryFolder
    private let arguments: [String]
    private let running = Mutex<ServerProcess?>(nil)

    /// A server that is not started yet, on a unix socket and, if a port is given, on loopback.
    /// - Parameters:
    ///   - port: of loopback, from `LoopbackPort.free`.
    ///   - options: further words of the server's command line.
    public init(port: UInt16? = nil, _ options: [String] = []) throws {
        folder = try TemporaryFolder()
        self.port = port
        arguments =
            [
                "--port", "\(port ?? 0)", "--bind", "127.0.0.1", "--unixsocket", folder.file("s"), "--save", "",
                "--appendonly", "no", "--dir", folder.path, "--repl-diskless-sync-delay", "0",
            ] + options
    }

    /// A Sentinel that is not started yet.
    /// - Parameters:
    ///   - configuration: the text of its sentinel.conf.
    ///   - port: of loopback.
    public init(sentinel configuration: String, port: UInt16) throws {
        folder = try TemporaryFolder()
        self.port = port
        try configuration.write(toFile: folder.file("sentinel.conf"), atomically: true, encoding: .utf8)
        arguments = [folder.file("sentinel.conf"), "--sentinel", "--port", "\(port)", "--dir", folder.path]
    }

    deinit { kill() }

    /// Its unix socket.
    public var unix: ValkeyEndpoint {
        get throws { try Self.endpoint("unix:" + folder.file("s")) }
    }

    /// Its address on loopback.
    public var loopback: ValkeyEndpoint {
        get throws {
            guard let port else { throw TestServerError("the store has no port") }
            return try Self.endpoint("127.0.0.1:\(port)")
        }
    }

    /// Starts it, or starts it again, and waits until it listens.
    /// - Throws: `TestServerError` with the end of its log if it does not, or that names the Debian package.
    public func start() async throws {
        // Prefers Valkey.
        let program = try TestPrograms.path(
            "valkey-server",
            "redis-server",
            package: "redis-server (or valkey-server)"
        )
        let writing = ["/bin/sh", "-c", "exec \"$@\" >>\"$0\" 2>&1", folder.file("log"), program]
        let process = try ServerProcess(writing + arguments)
        running.withLock { $0 = process }
        for _ in 0..<3000 where process.isRunning {
            if listens { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TestServerError("the store does not listen:\n\(folder.text("log").suffix(2000))")
    }

    /// Kills it without warning, and waits until it is gone.
    public func kill() {
        running.withLock { running in
            running?.end()
            running = nil
        }
    }

    /// Stops it in its tracks, or lets it go on.
    public func freeze(_ isFrozen: Bool) { running.withLock { $0?.freeze(isFrozen) } }

    private var listens: Bool {
        let family = port == nil ? AF_UNIX : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        guard let port else {
            return SocketAddresses.unix(folder.file("s")) { connect(descriptor, $0, $1) == 0 }
        }
        return SocketAddresses.loopback(port) { connect(descriptor, $0, $1) == 0 }
    }

    private static func endpoint(_ text: String) throws -> ValkeyEndpoint {
        guard let endpoint = ValkeyEndpoint(text) else { throw TestServerError("no endpoint: \(text)") }
        return endpoint
    }
}
