import Configuration
import Observe

/// Where values come from, and how they become a snapshot.
struct SettingSources: Sendable {
    static let defaultOrigin = "default"

    let environment: [String: String]
    let configPath: String?
    let secretsPath: String?

    /// One value a source gave.
    struct Found {
        let raw: RawValue
        let origin: String
    }

    /// The keys of one source, and what is wrong with it.
    struct Layer {
        let name: String
        var values: [String: Found] = [:]
        var problems: [ConfigurationError.Problem] = []
    }

    init(environment: [String: String]) {
        self.environment = environment.filter { $0.key.hasPrefix(SettingKey.prefix) }
        configPath = environment["LONJA_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        secretsPath = environment["LONJA_SECRETS"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What tells whether a file changed: device, inode, time and size, through symbolic links.
    func stamp() -> SourceStamp {
        SourceStamp(config: configPath, secrets: secretsPath)
    }

    /// Reads and checks everything.
    func load(_ schema: SettingSchema, generation: Int) throws(ConfigurationError) -> SettingsSnapshot {
        let layers = [
            environmentLayer(schema), SecretFolder.layer(secretsPath, schema), YAMLFile.layer(configPath, schema),
        ]
        var problems = layers.flatMap(\.problems)
        var entries: [String: SettingsSnapshot.Entry] = [:]
        var providers: [[AbsoluteConfigKey: ConfigValue]] = layers.map { _ in [:] }
        for setting in schema.settings.values.sorted(by: { $0.key < $1.key }) {
            for (position, layer) in layers.enumerated() {
                guard let found = layer.values[setting.key] else { continue }
                do {
                    let value = try setting.value(of: found.raw)
                    providers[position][AbsoluteConfigKey(setting.path)] = ConfigValue(value)
                    // Weaker layers are checked too: a bad value must not wait there for the stronger to go.
                    if entries[setting.key] == nil {
                        entries[setting.key] = SettingsSnapshot.Entry(value: value, origin: found.origin)
                    }
                } catch {
                    problems.append(.invalid(setting, found, error))
                }
            }
            guard entries[setting.key] == nil else { continue }
            if setting.isRequired, setting.defaultText == nil {
                problems.append(.missing(setting, secretsPath: secretsPath))
            }
            let value = setting.defaultText.flatMap { try? setting.value(of: .text($0)) }
            entries[setting.key] = SettingsSnapshot.Entry(value: value, origin: Self.defaultOrigin)
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return SettingsSnapshot(
            generation: generation,
            reader: Self.reader(layers.map(\.name), providers, schema),
            entries: entries
        )
    }

    private func environmentLayer(_ schema: SettingSchema) -> Layer {
        var layer = Layer(name: "environment")
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) {
            if let key = schema.variables[name] {
                layer.values[key] = Found(raw: .text(text), origin: "environment variable \(name)")
            } else if !SettingSchema.fixedVariables.contains(name), !name.hasPrefix(SettingSchema.addressPrefix),
                !schema.tolerates(variable: name)
            {
                let known = Array(schema.variables.keys) + SettingSchema.fixedVariables
                layer.problems.append(.unknown(name, at: "environment variable \(name)", among: known))
            }
        }
        return layer
    }

    private static func reader(
        _ names: [String],
        _ values: [[AbsoluteConfigKey: ConfigValue]],
        _ schema: SettingSchema
    ) -> ConfigReader {
        var defaults: [AbsoluteConfigKey: ConfigValue] = [:]
        for setting in schema.settings.values {
            guard let text = setting.defaultText, let value = try? setting.value(of: .text(text)) else { continue }
            defaults[AbsoluteConfigKey(setting.path)] = ConfigValue(value)
        }
        let providers: [any ConfigProvider] = zip(names + ["defaults"], values + [defaults]).map { name, values in
            InMemoryProvider(name: name, values: values)
        }
        return ConfigReader(providers: providers)
    }
}

extension Setting {
    fileprivate var path: [String] { key.split(separator: ".").map(String.init) }
}

extension ConfigValue {
    /// Durations stay text, in nanoseconds: the library has no such kind.
    fileprivate init(_ value: SettingValue) {
        switch value {
        case .string(let text): self.init(.string(text), isSecret: false)
        case .int(let number): self.init(.int(number), isSecret: false)
        case .bool(let truth): self.init(.bool(truth), isSecret: false)
        case .double(let number): self.init(.double(number), isSecret: false)
        case .duration(let duration): self.init(.string("\(duration)"), isSecret: false)
        case .list(let items): self.init(.stringArray(items), isSecret: false)
        case .secret(let secret): self.init(.string(secret.reveal()), isSecret: true)
        }
    }
}
