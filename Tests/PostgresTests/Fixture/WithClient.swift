import Logging
import Postgres
import Reactor
import TestServers

/// Runs a test with loops and a client of its own, and stops them.
func withClient<Result>(
    loops: Int = 1,
    server: PostgresServer? = nil,
    observer: (any LoopObserver)? = nil,
    _ change: (inout PostgresConfiguration) -> Void = { _ in },
    _ body: (PostgresClient, EventLoopGroup) async throws -> Result
) async throws -> Result {
    let server = try server ?? PostgresServer.shared.get()
    var configuration = server.configuration()
    change(&configuration)
    let group = try EventLoopGroup(count: loops, observer: observer)
    do {
        let client = try PostgresClient(
            configuration,
            group: group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let result = try await body(client, group)
        client.close()
        await group.stop()
        return result
    } catch {
        await group.stop()
        throw error
    }
}

/// The error that `body` throws; nil if it throws none of ours.
func failure(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
