public import Config
import Contracts
public import Plugin
import Postgres
public import RPC
import Reactor
import ServiceLifecycle

/// The profile service as the host sees it.
public struct ProfilePlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "profile" }
    /// Where its database and its photos are, what a hash costs, what a client begins with.
    public static var settings: [Setting] { PostgresSettings.declared(for: "profile") + ProfileSettings.declared }

    let database: PostgresClient
    let service: ProfileService
    private let loops: EventLoopGroup

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        guard let database = try context.postgres() else { throw ProfileSettings.missingDatabase() }
        let settings = try ProfileSettings(context.settings.snapshot)
        self.database = database
        loops = context.loops
        let ledger = Ledger(database: database, start: settings.startingCash)
        let accounts = AccountStore(database: database, ledger: ledger)
        let photos = PhotoStore(settings.images, blocking: context.loops.blocking, logger: context.logger)
        let auth = AuthClient(context.peer("auth"))
        service = ProfileService(
            accounts: accounts,
            ledger: ledger,
            passwords: PasswordHasher(
                settings.argon2,
                pepper: settings.pepper,
                budget: settings.argon2Budget,
                threads: settings.hashingThreads(cores: AvailableCores.count()),
                metrics: context.metrics
            ),
            photos: photos,
            departures: Departures(accounts: accounts, photos: photos, auth: auth, logger: context.logger),
            auth: auth,
            logger: context.logger
        )
    }

    /// Brings the database to the shape of this build.
    public func migrate() async throws {
        try await Migrator(database, service: "profile", migrations: [.accounts, .ledger, .resets]).run()
    }

    /// `lonja.profile.v1.Profile`.
    public var services: [any RPCService] { [service] }

    /// Finishes removals that were interrupted, until the end.
    public func run() async throws {
        await service.photos.prepare()
        await withTaskGroup { group in
            group.addTask { try? await gracefulShutdown() }
            group.addTask { [service, loops] in
                while !Task.isCancelled {
                    await service.departures.recover()
                    let loop = loops.next()
                    try? await loop.run { try await loop.sleep(for: .seconds(10)) }
                }
            }
            await group.next()
            group.cancelAll()
        }
        try? await loops.blocking.run { [service] in
            service.passwords.shutdown()
            service.photos.shutdown()
        }
        database.close()
    }
}
