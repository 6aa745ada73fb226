import Config
import Observe
import Plugin
import Postgres

/// The keys of the service, read once.
struct NotificationSettings: Sendable {
    static var declared: [Setting] {
        PostgresSettings.declared(for: "notification") + [
            .string(
                "notification.mail.driver",
                default: "outbox",
                "the driver that sends mails: outbox, smtp or sendgrid"
            ),
            .string(
                "notification.sender",
                default: "no-reply@lonja.localhost",
                "address that mails are from; its domain is that of their message ids too"
            ),
            .string("notification.senderName", default: "Lonja", "name that mails are from"),
            .secret(
                OutboxKeyring.setting,
                "key that contents of mails are sealed with in the database, at least 32 characters; after a comma,"
                    + " those it replaced"
            ),
            .int("notification.concurrency", default: 64, range: 1...4096, "mails that are being sent at once"),
            .duration(
                "notification.lease",
                default: "20s",
                range: 1...3600,
                "how long the mails wait that a process had taken when it crashed"
            ),
            .int(
                "notification.perHour",
                default: 30,
                range: 1...1_000_000,
                "mails that one address is sent in an hour"
            ),
            .int("notification.perDay", default: 100, range: 1...1_000_000, "mails that one address is sent in a day"),
        ]
    }

    let sender: MailAddress
    let keys: [OutboxKey]
    let limits: RecipientLimits
    let worker: WorkerLimits

    /// - Throws: `ConfigurationError` for a sender or a key that cannot be one.
    init(_ settings: SettingsSnapshot) throws(ConfigurationError) {
        let address = settings.string("notification.sender")
        do {
            sender = try MailAddress(address, name: settings.string("notification.senderName"))
        } catch {
            throw ConfigurationError(
                invalid: "notification.sender",
                "notification.sender = \"\(address)\" (\(settings.origin(of: "notification.sender"))) is no mail address;"
                    + " use no-reply@lonja.example"
            )
        }
        let secret = settings.secret(OutboxKeyring.setting)
        keys =
            try secret.map { secret throws(ConfigurationError) in
                try OutboxKeyring.keys(of: secret, origin: settings.origin(of: OutboxKeyring.setting))
            } ?? []
        limits = RecipientLimits(
            perHour: settings.int("notification.perHour"),
            perDay: settings.int("notification.perDay")
        )
        var worker = WorkerLimits()
        worker.concurrency = settings.int("notification.concurrency")
        worker.lease = settings.duration("notification.lease")
        self.worker = worker
    }
}
