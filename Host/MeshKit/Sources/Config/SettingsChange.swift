/// What a new configuration changed.
public struct SettingsChange: Sendable, Hashable {
    /// The number of the configuration that now holds.
    public let generation: Int
    /// The keys whose values differ from those before.
    public let keys: Set<String>

    /// Whether `key`, or any key below it, changed: `touches("notification.mail")`.
    public func touches(_ key: String) -> Bool {
        keys.contains { $0 == key || $0.hasPrefix(key + ".") }
    }
}
