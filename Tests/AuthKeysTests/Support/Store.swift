import Logging
import Observe
import Reactor
import TestServers
import Testing
import Valkey

@testable import AuthService

/// A real Valkey on a unix socket in a folder of its own, loops, and a client.
final class Store: Sendable {
    let group: EventLoopGroup
    let client: ValkeyClient
    private let server: StoreProcess

    private init(_ server: StoreProcess, _ group: EventLoopGroup, _ endpoint: ValkeyEndpoint, _ timeout: Duration) {
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
        let server = try StoreProcess()
        try await server.start()
        let group = try EventLoopGroup(count: loops)
        let store = Store(server, group, try server.unix, timeout)
        let result: Result<Void, any Error>
        do {
            try await group.loops[0].run {
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
