import Config
import Logging
import Observe
import Postgres
import Synchronization

/// Finds the keys: those of the configuration, and one that the database keeps where none is configured. That one
/// protects against nobody who can read the database; it is there so that local work needs no preparation.
final class OutboxKeyStore: Sendable {
    private let configured: [OutboxKey]
    private let database: PostgresClient
    private let logger: Logger
    private let found = Mutex<OutboxKeyring?>(nil)

    init(configured: [OutboxKey], database: PostgresClient, logger: Logger) {
        self.configured = configured
        self.database = database
        self.logger = logger
    }

    /// The keys. `load` comes first.
    var keyring: OutboxKeyring {
        guard let keyring = found.withLock({ $0 }) else {
            preconditionFailure("the keys of the outbox are loaded after the migrations")
        }
        return keyring
    }

    /// Reads the key of the database, or makes one if there is no other. After the migrations.
    /// - Throws: `PostgresError`.
    func load() async throws {
        if configured.isEmpty {
            logger.warning(
                "no key is set: contents of mails are sealed with one that the database keeps, for local work only",
                metadata: ["key": "\(OutboxKeyring.setting)"]
            )
            let fresh = "\(PostgresUUID.random())\(PostgresUUID.random())"
            try await database.execute("INSERT INTO outbox_keys (text) VALUES (\(fresh)) ON CONFLICT DO NOTHING")
        }
        // Also where one is configured: mails from before that may still wait.
        let kept = try await database.query("SELECT text FROM outbox_keys").decode(String.self)
        let keyring = OutboxKeyring(configured + kept.map { OutboxKey(Secret($0)) })
        found.withLock { $0 = keyring }
    }
}
