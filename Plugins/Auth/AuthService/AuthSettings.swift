import Config

/// The keys of auth itself.
enum AuthSettings {
    private static let idle = "auth.session.idle"
    private static let lifetime = "auth.session.lifetime"
    private static let rememberedIdle = "auth.session.rememberedIdle"
    private static let rememberedLifetime = "auth.session.rememberedLifetime"
    private static let shortest = "auth.password.minimumLength"
    /// The key of the hashes of codes.
    static let pepper = "auth.codes.pepper"

    /// All of them.
    static var declared: [Setting] {
        [
            .duration(
                idle,
                default: "30m",
                range: 60...86_400,
                "a session ends when nothing was heard of it for so long"
            ),
            .duration(
                lifetime,
                default: "12h",
                range: 60...2_592_000,
                "a session ends after so long, whatever happens"
            ),
            .duration(
                rememberedIdle,
                default: "14d",
                range: 60...2_592_000,
                "the same as idle, of sessions that are kept"
            ),
            .duration(
                rememberedLifetime,
                default: "30d",
                range: 60...7_776_000,
                "the same as lifetime, of sessions that are kept"
            ),
            .int(shortest, default: 15, range: 8...64, "a password has at least so many characters"),
            .secret(
                pepper,
                "what codes are hashed with, so that the store alone tells none; if not set, a random one in the store"
            ),
        ]
    }

    /// How long sessions live.
    static func sessions(_ settings: SettingsSnapshot) -> SessionPolicy {
        var policy = SessionPolicy()
        policy.ordinary = .init(idle: settings.duration(idle), absolute: settings.duration(lifetime))
        policy.remembered = .init(
            idle: settings.duration(rememberedIdle),
            absolute: settings.duration(rememberedLifetime)
        )
        return policy
    }

    /// Which passwords will do.
    static func passwords(_ settings: SettingsSnapshot) -> PasswordPolicy {
        PasswordPolicy(shortest: settings.int(shortest))
    }

}
