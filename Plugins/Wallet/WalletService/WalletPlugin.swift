public import Config
import Contracts
import Logging
public import Plugin
import Postgres
public import RPC
import ServiceLifecycle

/// The wallet service as the host sees it.
public struct WalletPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "wallet" }
    /// Where its database is.
    public static var settings: [Setting] { PostgresSettings.declared(for: "wallet") }

    private let database: PostgresClient?
    private let market: MarketClient

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        database = try context.postgres()
        market = MarketClient(context.peer("market"))
        if database == nil {
            context.logger.warning("wallet.postgres.host is not set: what clients watch cannot be kept")
        }
    }

    /// Brings the database to the shape of this build.
    public func migrate() async throws {
        guard let database else { return }
        try await Migrator(database, service: "wallet", migrations: [.watched]).run()
    }

    /// The service. What is not here yet answers UNIMPLEMENTED.
    public var services: [any RPCService] {
        [WalletService(watchlist: database.map { Watchlist(database: $0) }, market: market)]
    }

    /// Keeps the connections until the end.
    public func run() async throws {
        try? await gracefulShutdown()
        database?.close()
    }
}
