public import Configuration
public import Observe

/// All values of one configuration, none of which changes.
public struct SettingsSnapshot: Sendable {
    /// A value and where it came from.
    struct Entry: Sendable {
        let value: SettingValue?
        let origin: String
    }

    /// How many configurations there were, this one included.
    public let generation: Int
    /// The same sources as a reader of swift-configuration, for libraries that take one; unchecked keys included.
    public let reader: ConfigReader
    let entries: [String: Entry]

    func numbered(_ generation: Int) -> SettingsSnapshot {
        SettingsSnapshot(generation: generation, reader: reader, entries: entries)
    }

    /// The text of a key with a default or that is required.
    public func string(_ key: String) -> String { required(optionalString(key), key) }

    /// The text of a key, nil if no source has one.
    public func optionalString(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { wrongKind(key, "string") }
        return text
    }

    /// The number of a key with a default or that is required.
    public func int(_ key: String) -> Int {
        guard case .int(let number) = required(value(key), key) else { wrongKind(key, "int") }
        return number
    }

    /// The truth of a key with a default or that is required.
    public func bool(_ key: String) -> Bool {
        guard case .bool(let truth) = required(value(key), key) else { wrongKind(key, "bool") }
        return truth
    }

    /// The number of a key with a default or that is required.
    public func double(_ key: String) -> Double {
        guard case .double(let number) = required(value(key), key) else { wrongKind(key, "double") }
        return number
    }

    /// The duration of a key with a default or that is required.
    public func duration(_ key: String) -> Duration {
        guard case .duration(let duration) = required(value(key), key) else { wrongKind(key, "duration") }
        return duration
    }

    /// The texts of a key with a default or that is required.
    public func list(_ key: String) -> [String] {
        guard case .list(let items) = required(value(key), key) else { wrongKind(key, "list") }
        return items
    }

    /// The texts of a key, nil if no source has any.
    public func optionalList(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        guard case .list(let items) = value else { wrongKind(key, "list") }
        return items
    }

    /// The secret of a key; nil if no source has one.
    public func secret(_ key: String) -> Secret? {
        guard let value = value(key) else { return nil }
        guard case .secret(let secret) = value else { wrongKind(key, "secret") }
        return secret
    }

    /// Whether any source but the defaults has a value.
    public func isSet(_ key: String) -> Bool {
        entry(key).value != nil && entry(key).origin != SettingSources.defaultOrigin
    }

    /// Where the value came from: `app.yaml:12`, `environment variable LONJA_A_B`, `secret file a.b`, `default`.
    public func origin(of key: String) -> String { entry(key).origin }

    /// The keys whose values differ.
    func differences(from other: SettingsSnapshot) -> Set<String> {
        let keys = Set(entries.keys).union(other.entries.keys)
        return keys.filter { entries[$0]?.value != other.entries[$0]?.value }
    }

    private func entry(_ key: String) -> Entry {
        guard let entry = entries[key] else {
            preconditionFailure("the setting \(key) was never declared")
        }
        return entry
    }

    private func value(_ key: String) -> SettingValue? { entry(key).value }

    private func required<Value>(_ value: Value?, _ key: String) -> Value {
        guard let value else { preconditionFailure("the setting \(key) has no default and is not required") }
        return value
    }

    private func wrongKind(_ key: String, _ kind: String) -> Never {
        preconditionFailure("the setting \(key) is not a \(kind)")
    }
}
