/// Who may call what: a text such as `auth: gateway profile; profile/lonja.profile.v1.Profile/CaptureHold: wallet`. A value.
///
///     rules  = [ rule ] *( ( ";" / newline ) [ rule ] )
///     rule   = target ":" [ caller *( ( " " / "," ) caller ) ]
///     target = plugin [ "/" service [ "/" method ] ]
///     caller = plugin / "*"
///
/// The most specific rule for a method decides alone. `*` is everybody with a certificate, and every plugin of the process; no
/// caller at all, nobody. What no rule names may be called by nobody. A plugin may always call itself, as its replicas do.
public struct CallerRules: Sendable, Hashable {
    /// What a rule is for.
    struct Target: Hashable, Sendable, CustomStringConvertible {
        let plugin: String
        var service: String?
        var method: String?

        var description: String { ([plugin] + [service, method].compactMap { $0 }).joined(separator: "/") }
    }

    private(set) var callers: [Target: Set<String>] = [:]

    /// No rules: everybody calls itself.
    public init() {}

    /// Whether there are none.
    var isEmpty: Bool { callers.isEmpty }

    /// Reads rules.
    /// - Throws: `CallerRulesError` that quotes the rule that is none.
    public init(parsing text: String) throws(CallerRulesError) {
        for rule in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            let words = rule.split { $0 == " " || $0 == "\t" || $0 == "," }.joined(separator: " ")
            guard !words.isEmpty else { continue }
            guard let colon = words.firstIndex(of: ":") else {
                throw CallerRulesError("\"\(words)\" has no \":\" between what is called and who may")
            }
            let target = try Self.target(words[..<colon].split(separator: " ").joined(separator: " "), in: words)
            let names = words[words.index(after: colon)...].split(separator: " ").map(String.init)
            for name in names where name != "*" && !Self.isPlugin(name) {
                throw CallerRulesError("\"\(words)\" names \"\(name)\", which is no name of a plugin and not *")
            }
            guard callers.updateValue(Set(names), forKey: target) == nil else {
                throw CallerRulesError("\(target) has two rules; put all its callers into one")
            }
        }
    }

    /// Whether one of `names` may call a method of a plugin.
    public func allows(_ names: [String], plugin: String, service: String, method: String) -> Bool {
        if names.contains(plugin) { return true }
        let targets = [
            Target(plugin: plugin, service: service, method: method), Target(plugin: plugin, service: service),
            Target(plugin: plugin),
        ]
        for target in targets {
            guard let callers = callers[target] else { continue }
            return callers.contains("*") || names.contains { callers.contains($0) }
        }
        return false
    }

    /// Checks the rules of some plugins against what they serve.
    /// - Throws: `CallerRulesError` for a service or a method that is not there, as misspelled ones are: they would protect
    ///   nothing.
    public func check(_ methods: [(plugin: String, method: RPCMethod)]) throws(CallerRulesError) {
        let plugins = Set(methods.map(\.plugin))
        for target in callers.keys.sorted(by: { $0.description < $1.description }) {
            guard plugins.contains(target.plugin), let service = target.service else { continue }
            let found = methods.contains { entry in
                entry.plugin == target.plugin && entry.method.service == service
                    && (target.method == nil || target.method == entry.method.name)
            }
            guard found else {
                let what = target.method == nil ? "service" : "method"
                throw CallerRulesError("\(target) has a rule, but \(target.plugin) has no such \(what)")
            }
        }
    }

    private static func target(_ text: String, in rule: String) throws(CallerRulesError) -> Target {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), isPlugin(parts[0]), parts.dropFirst().allSatisfy(isName) else {
            throw CallerRulesError(
                "\"\(rule)\" is for \"\(text)\"; use plugin, plugin/service or plugin/service/Method"
            )
        }
        return Target(
            plugin: parts[0],
            service: parts.count > 1 ? parts[1] : nil,
            method: parts.count > 2 ? parts[2] : nil
        )
    }

    private static func isPlugin(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5f || byte == 0x2e
            }
    }
}
