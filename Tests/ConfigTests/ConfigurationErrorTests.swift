import Config
import Testing

@Suite struct ConfigurationErrorTests {
    private func refusal(
        _ environment: [String: String] = [:],
        _ fixture: ConfigFixture
    ) throws -> ConfigurationError {
        try #require(throws: ConfigurationError.self) { try fixture.settings(environment) }
    }

    @Test func `an unknown key names its line and the nearest known`() throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write("app.yaml", "market:\n  quotes:\n    drivr: iex\n")
        let error = try refusal(["LONJA_CONFIG": yaml], fixture)
        #expect(error.code == .unknownKey)
        #expect(
            error.description
                == "market.quotes.drivr (\(yaml):3) is not a setting: did you mean market.quotes.driver?"
        )
    }

    @Test func `an unknown variable is refused`() throws {
        let error = try refusal(["LONJA_MARKET_QUOTES_DRIVE": "x"], try ConfigFixture())
        #expect(error.problems.map(\.code) == [.unknownKey])
        #expect(
            error.description
                == "LONJA_MARKET_QUOTES_DRIVE (environment variable LONJA_MARKET_QUOTES_DRIVE) is not a setting: "
                + "did you mean LONJA_MARKET_QUOTES_DRIVER?"
        )
    }

    @Test func `an unknown secret file is refused, generations of Kubernetes are not`() throws {
        let fixture = try ConfigFixture()
        let secrets = try fixture.makeFolder("secrets")
        _ = try fixture.makeFolder("secrets/..data")
        try fixture.write("secrets/market.iex.tokn", "hunter2")
        let error = try refusal(["LONJA_SECRETS": secrets], fixture)
        #expect(error.problems.map(\.subject) == ["market.iex.tokn"])
        #expect(error.description.contains("did you mean market.iex.token?"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test(arguments: [
        ("LONJA_MARKET_QUOTES_BATCH", "many", "must be a whole number"),
        ("LONJA_MARKET_QUOTES_BATCH", "101", "must be 1 to 100"),
        ("LONJA_MARKET_QUOTES_BATCH", "1.5", "must be a whole number"),
        ("LONJA_MARKET_QUOTES_ENABLED", "yes", "must be true or false"),
        ("LONJA_MARKET_QUOTES_FACTOR", "inf", "must be a number"),
        ("LONJA_MARKET_REPLAY_DAY_LENGTH", "10", "must be a whole number and a unit"),
        ("LONJA_MARKET_REPLAY_DAY_LENGTH", "-1s", "must be a whole number and a unit"),
        ("LONJA_MARKET_REPLAY_DAY_LENGTH", "9223372036854775807d", "must be a whole number and a unit"),
        ("LONJA_MARKET_REPLAY_DAY_LENGTH", "1ms", "must be 1 to 86400 seconds"),
        ("LONJA_MARKET_MODE", "medium", "must be one of fast, slow"),
    ])
    func `a bad value names itself, its place and what is right`(name: String, value: String, expected: String) throws {
        let error = try refusal([name: value], try ConfigFixture())
        #expect(error.problems.map(\.code) == [.invalidValue])
        #expect(error.description.contains("= \"\(value)\" (environment variable \(name)) \(expected)"), "\(error)")
    }

    @Test func `everything wrong is told at once, a line each`() throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write("app.yaml", "market:\n  mode: [a]\n  iex:\n    token: [hunter2]\nother: 1\n")
        let error = try refusal(["LONJA_CONFIG": yaml, "LONJA_MARKET_QUOTES_BATCH": "a\nb"], fixture)
        #expect(error.problems.count == 4)
        #expect(error.description.split(separator: "\n").count == 4)
        #expect(!error.description.contains("hunter2"))
        #expect(error.description.contains("market.iex.token = <redacted> (\(yaml):4)"))
        #expect(error.description.contains("other (\(yaml):5) is not a setting"))
    }

    @Test func `a bad value is refused even where a stronger source hides it`() throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write("app.yaml", "market: {mode: wrong}\n")
        let error = try refusal(["LONJA_CONFIG": yaml, "LONJA_MARKET_MODE": "slow"], fixture)
        #expect(error.problems.map(\.subject) == ["market.mode"])
    }

    @Test(arguments: [
        "a: [", "- a\n- b\n", "just text", "market:\n  mode: fast\n  mode: slow\n", "market: &x\n  <<: *y\n",
    ])
    func `broken YAML is refused`(text: String) throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write("app.yaml", text)
        let error = try refusal(["LONJA_CONFIG": yaml], fixture)
        #expect(error.description.contains(yaml))
        #expect(error.problems.allSatisfy { !$0.description.contains("\n") })
    }

    @Test func `a missing file or folder is refused`() throws {
        let fixture = try ConfigFixture()
        let error = try refusal(
            ["LONJA_CONFIG": fixture.path("no.yaml"), "LONJA_SECRETS": fixture.path("no")],
            fixture
        )
        #expect(error.problems.map(\.code) == [.unreadable, .unreadable])
        #expect(error.description.contains("LONJA_CONFIG") && error.description.contains("LONJA_SECRETS"))
    }

    @Test func `a folder or a huge or binary file is no configuration`() throws {
        let fixture = try ConfigFixture()
        let huge = try fixture.write("huge.yaml", String(repeating: "# x\n", count: 400_000))
        #expect(try refusal(["LONJA_CONFIG": huge], fixture).code == .unreadable)
        #expect(try refusal(["LONJA_CONFIG": fixture.folder], fixture).code == .unreadable)
    }

    @Test func `a required key must have a value`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Settings(
                declared: [.secret("auth.pepper", required: true, "mixed into hashes")],
                environment: [:]
            )
        }
        #expect(error.code == .missingValue)
        #expect(error.description.contains("auth.pepper") && error.description.contains("LONJA_AUTH_PEPPER"))
    }

    @Test(arguments: [
        Setting.int("market.mode", "a number now"), .string("market.m.ode", "x"), .string("plugin", "x"),
        .string("address.auth", "x"),
    ])
    func `declarations that contradict each other are refused`(setting: Setting) throws {
        let settings = try Settings(
            declared: [.string("market.mode", default: "fast", "x"), .string("market.mOde", "y")],
            environment: [:]
        )
        let error = try #require(throws: ConfigurationError.self) { try settings.declare([setting]) }
        #expect(error.problems.map(\.code) == [.contradiction])
        #expect(settings.string("market.mode") == "fast")
    }
}
