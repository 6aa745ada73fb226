/// Every declared key, and what else a source may hold.
struct SettingSchema: Sendable {
    private(set) var settings: [String: Setting] = [:]
    private(set) var variables: [String: String] = [:]
    let tolerated: Set<String>

    /// Names of DESIGN §3 that are not keys.
    static let fixedVariables: Set<String> = [
        "LONJA_ADMIN_LISTEN", "LONJA_ADMIN_SOCKET", "LONJA_CONFIG", "LONJA_HTTP_LISTEN", "LONJA_PLUGIN",
        "LONJA_PLUGIN_PATH", "LONJA_PUBLIC_URL", "LONJA_RPC_LISTEN", "LONJA_SECRETS", "LONJA_STATE",
    ]
    /// What a variable with the address of a service begins with.
    static let addressPrefix = "LONJA_ADDRESS_"

    /// - Throws: `ConfigurationError` if declarations contradict each other: a driver loaded late must not end the process.
    init(_ declared: [Setting], tolerated: Set<String>) throws(ConfigurationError) {
        self.tolerated = Set(tolerated.map { $0.hasSuffix(".") ? $0 : $0 + "." })
        try add(declared)
    }

    func adding(_ more: [Setting]) throws(ConfigurationError) -> SettingSchema {
        var schema = self
        try schema.add(more)
        return schema
    }

    /// The same key may be declared twice (two drivers share one), but not with two kinds.
    private mutating func add(_ declared: [Setting]) throws(ConfigurationError) {
        var problems: [ConfigurationError.Problem] = []
        for setting in declared {
            let variable = setting.variable
            if let known = settings[setting.key], known.kind != setting.kind {
                problems.append(.contradiction(setting, "is declared as \(known.kind) and as \(setting.kind)"))
            } else if let other = variables[variable], other != setting.key {
                problems.append(.contradiction(setting, "and \(other) share the variable \(variable)"))
            } else if Self.fixedVariables.contains(variable) || variable.hasPrefix(Self.addressPrefix) {
                problems.append(.contradiction(setting, "cannot be a key, as \(variable) has a fixed meaning"))
            } else {
                settings[setting.key] = setting
                variables[variable] = setting.key
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    /// Whether an undeclared key belongs to something that is not loaded here.
    func tolerates(_ key: String) -> Bool {
        tolerated.contains { key.hasPrefix($0) }
    }

    /// The same for a variable.
    func tolerates(variable: String) -> Bool {
        tolerated.contains { variable.hasPrefix(SettingKey.variable(of: String($0.dropLast())) + "_") }
    }
}
