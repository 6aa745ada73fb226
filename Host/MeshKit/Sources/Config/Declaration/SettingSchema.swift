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

    init(_ declared: [Setting], tolerated: Set<String>) {
        self.tolerated = Set(tolerated.map { $0.hasSuffix(".") ? $0 : $0 + "." })
        add(declared)
    }

    func adding(_ more: [Setting]) -> SettingSchema {
        var schema = self
        schema.add(more)
        return schema
    }

    /// The same key may be declared twice (two drivers share one), but not with two kinds.
    private mutating func add(_ declared: [Setting]) {
        for setting in declared {
            if let known = settings[setting.key] {
                precondition(known.kind == setting.kind, "\(setting.key) is declared with two kinds")
            }
            let other = variables[setting.variable]
            precondition(
                other == nil || other == setting.key,
                "\(setting.key) and \(other ?? "") share the variable \(setting.variable)")
            precondition(
                !Self.fixedVariables.contains(setting.variable) && !setting.variable.hasPrefix(Self.addressPrefix),
                "the variable of \(setting.key) has a fixed meaning")
            settings[setting.key] = setting
            variables[setting.variable] = setting.key
        }
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
