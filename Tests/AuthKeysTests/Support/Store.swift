import Foundation
import Logging
import Observe
import Reactor
import Testing
import Valkey

@testable import AuthService

/// A real Valkey on a unix socket in a folder of its own, loops, and a client.
final class Store: Sendable {
    let group: EventLoopGroup
    let client: ValkeyClient
    private let server: ServerProcess

    private init(_ server: ServerProcess, _ group: EventLoopGroup, _ endpoint: ValkeyEndpoint, _ timeout: Duration) {
        self.server = server
        self.group = group
        var configuration = ValkeyConfiguration(.one(endpoint))
        configuration.timeout = timeout
        client = ValkeyClient(configuration, group: group)
    }

    /// Runs a test on a loop, with a server that is empty.
    static func run(
        loops: Int = 1,
        timeout: Duration = .seconds(30),
        _ body: @escaping @Sendable (Store) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/ak-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let binary = try ServerProcess.program(
            ["valkey-server", "redis-server"],
            package: "valkey-server or redis-server"
        )
        let server = try ServerProcess(
            [binary, "--port", "0", "--unixsocket", "\(folder)/s", "--save", "", "--appendonly", "no", "--dir", folder]
        )
        let group = try EventLoopGroup(count: loops)
        let store = Store(server, group, try #require(ValkeyEndpoint("unix:\(folder)/s")), timeout)
        let result: Result<Void, any Error>
        do {
            try await group.loops[0].run {
                try await store.waitUntilReady()
                try await body(store)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        store.client.close()
        group.shutdownAside()
        try result.get()
    }

    private func waitUntilReady() async throws {
        for _ in 0..<1000 {
            if (try? await client.ping(deadline: .now().advanced(by: .milliseconds(200)))) != nil { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ServerProcess.Missing(description: "the store does not listen")
    }

    /// Stops the server in its tracks, or lets it go on.
    func freeze(_ isFrozen: Bool) { server.freeze(isFrozen) }

    /// How often the server was asked for a value since `resetCounts`.
    func gets() async throws -> Int {
        let text = try await client.command("INFO", ["commandstats"]).value(String.self)
        guard
            let line = text.split(whereSeparator: { $0.isNewline }).first(where: { $0.hasPrefix("cmdstat_get:calls=") })
        else { return 0 }
        return Int(line.dropFirst("cmdstat_get:calls=".count).prefix { $0.isNumber }) ?? -1
    }

    /// The records of the key ring.
    func records() async throws -> [KeyRecord] {
        KeyRecord.list(try await client.get("auth:keys:ring") ?? []) ?? []
    }

    func resetCounts() async throws { _ = try await client.command("CONFIG", ["RESETSTAT"]) }
}

extension EventLoopGroup {
    /// Ends the loops from a thread that is none of them.
    func shutdownAside() {
        precondition(EventLoop.current == nil, "a test ends outside of its loops")
        shutdown()
    }
}
