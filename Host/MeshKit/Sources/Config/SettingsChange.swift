/// What a new configuration changed.
public struct SettingsChange: Sendable, Hashable {
    /// The number of the configuration that now holds.
    public let generation: Int
    /// The keys whose values differ from those before.
    public let keys: Set<String>

    /// A change; for tests of what listens to changes.
    public init(generation: Int, keys: Set<String>) {
        self.generation = generation
        self.keys = keys
    }

    /// Whether `key`, or any key below it, changed: `touches("notification.mail")`.
    public func touches(_ key: String) -> Bool {
        keys.contains { $0 == key || $0.hasPrefix(key + ".") }
    }
}
