import Config
import Contracts
import Observe
import RPC
import Valkey

/// Serves the contract: who somebody is.
struct AuthService: AuthServing {
    let sessions: SessionStore
    let changes: SessionChanges
    let epochs = EpochMemory()
    let codes: CodeStore
    let limiter: AttemptLimiter
    let devices: KnownDevices
    let tickets: LinkTickets
    let pepper: Pepper
    let passwords: PasswordPolicy
    let profile: ProfileClient
    let mails: MailSender
    let keys: SessionKeyRing
    /// Nil without a client at Google.
    let google: OIDCClient?
    let store: ValkeyClient
    let now: @Sendable () -> WallTime

    /// - Parameters:
    ///   - settings: has the keys of `AuthSettings`.
    ///   - google: nil without a client at Google.
    init(
        store: ValkeyClient,
        settings: SettingsSnapshot,
        profile: ProfileClient,
        notification: NotificationClient,
        keys: SessionKeyRing,
        google: OIDCClient?,
        now: @escaping @Sendable () -> WallTime
    ) {
        let pepper = Pepper(settings.secret(AuthSettings.pepper), store: store)
        changes = SessionChanges(store: store)
        sessions = SessionStore(store: store, policy: AuthSettings.sessions(settings), now: now)
        codes = CodeStore(store: store, pepper: pepper, now: now)
        limiter = AttemptLimiter(store: store, now: now)
        devices = KnownDevices(store: store, now: now)
        tickets = LinkTickets(store: store)
        passwords = AuthSettings.passwords(settings)
        mails = MailSender(notification: notification)
        self.pepper = pepper
        self.profile = profile
        self.keys = keys
        self.google = google
        self.store = store
        self.now = now
    }
}
