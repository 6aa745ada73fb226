import Config
import Observe
import Plugin
import Reactor
import Valkey

extension SessionKeyRing {
    private static let secretKey = "auth.keys.secret"
    private static let lifeKey = "auth.keys.lifetime"
    /// 256 bits in base64 are 43 characters.
    private static let shortestSecret = 32

    /// The keys that are read.
    static var settings: [Setting] {
        [
            .secret(
                secretKey,
                "what signing keys are encrypted with in Valkey, 32 characters at least; of several, separated by "
                    + "commas, the first encrypts and all decrypt"
            ),
            .duration(lifeKey, default: "5m", range: 10...3600, "a session key ends after so long"),
        ]
    }

    /// A ring with its keys in `store`.
    /// - Parameter publicURL: the origin of the platform, which session keys name as their issuer.
    /// - Throws: `ConfigurationError` for a secret that is too short.
    convenience init(context: PluginContext, store: ValkeyClient, publicURL: String) throws {
        let loops = context.loops
        var timing = SessionKeyTiming()
        timing.life = context.settings.duration(Self.lifeKey)
        self.init(
            store: store,
            publicURL: publicURL,
            secrets: try Self.secrets(context.settings.snapshot),
            timing: timing,
            logger: context.logger
        ) { duration in
            if let loop = EventLoop.current { return try await loop.sleep(for: duration) }
            let loop = loops.next()
            try await loop.run { try await loop.sleep(for: duration) }
        }
    }

    /// - Throws: `ConfigurationError`.
    static func secrets(_ settings: SettingsSnapshot) throws(ConfigurationError) -> [Secret]? {
        guard let secret = settings.secret(secretKey), !secret.isEmpty else { return nil }
        let secrets = secret.reveal().split(whereSeparator: { ",\n\r ".contains($0) }).map { Secret(String($0)) }
        guard !secrets.isEmpty, secrets.allSatisfy({ $0.reveal().utf8.count >= shortestSecret }) else {
            throw ConfigurationError(
                invalid: secretKey,
                "\(secretKey) (\(settings.origin(of: secretKey))) is too short; make one with `openssl rand -base64 32`"
            )
        }
        return secrets
    }
}
