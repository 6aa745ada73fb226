public import Config
public import Plugin
import Postgres
public import RPC
import ServiceLifecycle

/// The profile service as the host sees it.
public struct ProfilePlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "profile" }
    /// Where its database is.
    public static var settings: [Setting] { PostgresSettings.declared(for: "profile") }

    private let database: PostgresClient?

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        database = try context.postgres()
    }

    /// Checks that the database answers and is none of a later build.
    public func migrate() async throws {
        guard let database else { return }
        try await Migrator(database, service: "profile", migrations: []).run()
    }

    /// The service, whose methods answer UNIMPLEMENTED.
    public var services: [any RPCService] { [ProfileRPC()] }

    /// Keeps the connections until the end.
    public func run() async throws {
        try? await gracefulShutdown()
        database?.close()
    }
}
