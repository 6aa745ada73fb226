public import Config
import Logging
public import Plugin
import Postgres
public import RPC
import Reactor

/// The notification service as the host sees it: an outbox in PostgreSQL, and a worker that sends what is in it through
/// the driver in the slot `notification.mail`.
public struct NotificationPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "notification" }
    /// Where its database is, who mails are from, how many at once.
    public static var settings: [Setting] { NotificationSettings.declared }

    private let database: PostgresClient
    private let worker: OutboxWorker
    private let service: NotificationService

    /// Cheap; opens nothing.
    /// - Throws: `ConfigurationError` without a database, or for a sender or a key that cannot be one.
    public init(context: PluginContext) throws {
        guard let database = try context.postgres() else {
            let key = PostgresSettings.hostKey("notification")
            throw ConfigurationError(
                invalid: key,
                "\(key) is not set, and notification keeps its mails in PostgreSQL; set it to the database's host, or to"
                    + " the folder of its unix socket"
            )
        }
        let settings = try NotificationSettings(context.settings.snapshot)
        let outbox = Outbox(
            database: database,
            keys: OutboxKeyStore(configured: settings.keys, database: database, logger: context.logger),
            limits: settings.limits
        )
        let composer = MailComposer(
            sender: settings.sender,
            links: MailLinks(origin: try context.settings.publicOrigin().text)
        )
        let metrics = DeliveryMetrics(context.metrics)
        let slot = context.slot("notification.mail", (any Mailer).self)
        worker = OutboxWorker(
            outbox: outbox,
            slot: slot,
            composer: composer,
            metrics: metrics,
            limits: settings.worker,
            loop: context.loops.spread(),
            logger: context.logger
        )
        service = NotificationService(
            outbox: outbox,
            composer: composer,
            metrics: metrics,
            wake: worker.wake,
            slot: slot,
            logger: context.logger
        )
        self.database = database
    }

    /// Brings the database to the shape of this build, and finds the keys.
    public func migrate() async throws {
        try await Migrator(database, service: "notification", migrations: [.outbox, .reports]).run()
        try await worker.outbox.keys.load()
    }

    /// `lonja.notification.v1.Notification`.
    public var services: [any RPCService] { [service] }

    /// Sends mails until graceful shutdown; see `OutboxWorker.run`.
    public func run() async throws {
        defer { database.close() }
        try await worker.run()
    }
}
