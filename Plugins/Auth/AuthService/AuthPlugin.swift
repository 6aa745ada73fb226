public import Config
import Contracts
import Observe
public import Plugin
public import RPC
import ServiceLifecycle
import Valkey

/// The auth service as the host sees it.
public struct AuthPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "auth" }
    /// Where its Valkey is, how long sessions live, and what it signs and asks Google with.
    public static var settings: [Setting] {
        ValkeySettings.declared(for: "auth") + AuthSettings.declared + SessionKeyRing.settings + OIDCClient.settings
    }

    private let service: AuthService

    /// Cheap; opens nothing.
    /// - Throws: `ConfigurationError` without a store.
    public init(context: PluginContext) throws {
        guard let store = try context.valkey() else {
            let key = ValkeySettings.addressKey("auth")
            throw ConfigurationError(
                invalid: key,
                "\(key) is not set: sessions and codes need a Valkey or Redis; set it to host:port or unix:/path"
            )
        }
        let publicURL = try context.settings.publicOrigin().text
        service = AuthService(
            store: store,
            settings: context.settings.snapshot,
            profile: ProfileClient(context.peer("profile")),
            notification: NotificationClient(context.peer("notification")),
            keys: try SessionKeyRing(context: context, store: store, publicURL: publicURL),
            google: try OIDCClient(context: context, store: store, publicURL: publicURL),
            now: WallTime.now
        )
    }

    /// Checks that the store answers.
    public func migrate() async throws {
        try await service.store.ping()
    }

    /// `lonja.auth.v1.Auth`.
    public var services: [any RPCService] { [service] }

    /// Replaces signing keys in time, and keeps the connections until the end.
    public func run() async throws {
        defer {
            service.google?.close()
            service.store.close()
        }
        try await cancelWhenGracefulShutdown { [keys = service.keys] in try await keys.run() }
    }
}
