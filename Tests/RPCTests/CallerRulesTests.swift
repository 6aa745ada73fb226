import Testing

@testable import RPC

@Suite("Rules of callers")
struct CallerRulesTests {
    private static let text = """
        auth: gateway profile; market: gateway,wallet
        profile : auth , gateway
        profile/lonja.profile.v1.Profile/CaptureHold: wallet; wallet:gateway; web: ; notification: *
        """

    @Test(
        "The most specific rule decides alone",
        arguments: [
            ("gateway", "profile", "GetProfile", true), ("auth", "profile", "GetProfile", true),
            ("wallet", "profile", "GetProfile", false), ("wallet", "profile", "CaptureHold", true),
            ("gateway", "profile", "CaptureHold", false), ("gateway", "wallet", "Any", true),
            ("profile", "wallet", "Any", false), ("gateway", "web", "Any", false), ("web", "web", "Any", true),
            ("market", "notification", "Any", true), ("gateway", "unknown", "Any", false),
        ]
    )
    func decides(caller: String, plugin: String, method: String, expected: Bool) throws {
        let rules = try CallerRules(parsing: Self.text)
        let service = "lonja.\(plugin).v1.\(plugin.prefix(1).uppercased())\(plugin.dropFirst())"
        #expect(rules.allows([caller], plugin: plugin, service: service, method: method) == expected)
    }

    @Test("Of a process with several plugins one name is enough, and without a name nothing is")
    func names() throws {
        let rules = try CallerRules(parsing: "market: wallet")
        #expect(rules.allows(["profile", "wallet"], plugin: "market", service: "s", method: "m"))
        #expect(!rules.allows([], plugin: "market", service: "s", method: "m"))
    }

    @Test("A rule of a service stands between those of plugin and method")
    func service() throws {
        let rules = try CallerRules(parsing: "a: x; a/s.One: y; a/s.One/M: z")
        #expect(rules.allows(["x"], plugin: "a", service: "s.Two", method: "M"))
        #expect(!rules.allows(["x"], plugin: "a", service: "s.One", method: "N"))
        #expect(rules.allows(["y"], plugin: "a", service: "s.One", method: "N"))
        #expect(!rules.allows(["y"], plugin: "a", service: "s.One", method: "M"))
        #expect(rules.allows(["z"], plugin: "a", service: "s.One", method: "M"))
    }

    @Test(
        "What is no rule is quoted",
        arguments: [
            ("market gateway", "\"market gateway\" has no \":\" between what is called and who may"),
            (
                "Market: gateway",
                "\"Market: gateway\" is for \"Market\"; use plugin, plugin/service or plugin/service/Method"
            ),
            ("a/: b", "\"a/: b\" is for \"a/\"; use plugin, plugin/service or plugin/service/Method"),
            ("a/b/c/d: b", "\"a/b/c/d: b\" is for \"a/b/c/d\"; use plugin, plugin/service or plugin/service/Method"),
            ("a: b, C", "\"a: b C\" names \"C\", which is no name of a plugin and not *"),
            ("a: b; a: c", "a has two rules; put all its callers into one"),
        ]
    )
    func malformed(text: String, problem: String) {
        #expect(throws: CallerRulesError(problem)) { try CallerRules(parsing: text) }
    }

    @Test("No text is no rule")
    func empty() throws {
        #expect(try CallerRules(parsing: " ;\n; ") == CallerRules())
    }

    @Test("Rules for what a plugin does not have are refused, those of other plugins are not looked at")
    func check() throws {
        let method = RPCMethod(service: "s.One", name: "M", index: 0, kind: .unary, idempotent: true)
        let served = [(plugin: "a", method: method)]
        try CallerRules(parsing: "a: x; a/s.One: x; a/s.One/M: x; b/s.Two/N: x").check(served)
        #expect(throws: CallerRulesError("a/s.One/N has a rule, but a has no such method")) {
            try CallerRules(parsing: "a/s.One/N: x").check(served)
        }
        #expect(throws: CallerRulesError("a/s.Two has a rule, but a has no such service")) {
            try CallerRules(parsing: "a/s.Two: x").check(served)
        }
    }
}
