import Config
import Configuration
import Observe
import Testing

@Suite struct SettingsTests {
    @Test func `defaults hold without sources`() throws {
        let settings = try ConfigFixture().settings()
        #expect(settings.string("market.quotes.driver") == "replay")
        #expect(settings.int("market.quotes.batch") == 50)
        #expect(settings.duration("market.replay.dayLength") == .seconds(600))
        #expect(settings.double("market.quotes.factor") == 1.5)
        #expect(settings.bool("market.quotes.enabled"))
        #expect(settings.list("market.symbols") == ["AAPL", "IBM"])
        #expect(settings.secret("market.iex.token") == nil)
        #expect(settings.optionalString("market.url") == nil)
        #expect(settings.snapshot.origin(of: "market.mode") == "default")
    }

    @Test func `environment wins over secrets, those over YAML, that over defaults`() throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write(
            "app.yaml",
            """
            market:
              quotes:
                driver: yaml
                batch: 7
              mode: slow
              symbols: [A, "B"]
              url: "yaml"
            """
        )
        let secrets = try fixture.makeFolder("secrets")
        try fixture.write("secrets/market.quotes.driver", "secret\n")
        try fixture.write("secrets/market.iex.token", "hunter2\n")
        try fixture.write("secrets/market.url", "secret")
        let settings = try fixture.settings([
            "LONJA_CONFIG": yaml, "LONJA_SECRETS": secrets, "LONJA_MARKET_QUOTES_DRIVER": "environment",
            "LONJA_MARKET_REPLAY_DAY_LENGTH": "2s", "LONJA_PLUGIN": "market",
            "LONJA_ADDRESS_AUTH": "127.0.0.1:1", "PATH": "/bin",
        ])
        #expect(settings.string("market.quotes.driver") == "environment")
        #expect(settings.optionalString("market.url") == "secret")
        #expect(settings.int("market.quotes.batch") == 7)
        #expect(settings.string("market.mode") == "slow")
        #expect(settings.list("market.symbols") == ["A", "B"])
        #expect(settings.duration("market.replay.dayLength") == .seconds(2))
        #expect(settings.secret("market.iex.token") == Secret("hunter2"))
        let snapshot = settings.snapshot
        #expect(snapshot.origin(of: "market.quotes.batch") == "\(yaml):4")
        #expect(snapshot.origin(of: "market.quotes.driver") == "environment variable LONJA_MARKET_QUOTES_DRIVER")
        #expect(snapshot.origin(of: "market.iex.token") == "secret file \(secrets)/market.iex.token")
        #expect(snapshot.isSet("market.mode") && !snapshot.isSet("market.quotes.factor"))
    }

    @Test func `the same values are there for swift-configuration`() throws {
        let settings = try ConfigFixture().settings(["LONJA_MARKET_QUOTES_DRIVER": "iex"])
        let reader = settings.snapshot.reader
        #expect(reader.string(forKey: "market.quotes.driver") == "iex")
        #expect(reader.int(forKey: "market.quotes.batch") == 50)
        #expect(reader.stringArray(forKey: "market.symbols") == ["AAPL", "IBM"])
    }

    @Test func `lists are split at commas outside YAML`() throws {
        #expect(
            try ConfigFixture().settings(["LONJA_MARKET_SYMBOLS": "A, B ,C"]).list("market.symbols") == ["A", "B", "C"]
        )
        #expect(try ConfigFixture().settings(["LONJA_MARKET_SYMBOLS": ""]).list("market.symbols") == [])
    }

    @Test func `keys without values are not given`() throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write("app.yaml", "market:\n  mode:\n  quotes:\n")
        let settings = try fixture.settings(["LONJA_CONFIG": yaml])
        #expect(settings.string("market.mode") == "fast")
    }

    @Test func `an empty file is no configuration`() throws {
        let fixture = try ConfigFixture()
        #expect(try fixture.settings(["LONJA_CONFIG": fixture.write("app.yaml", "# nothing\n")]).generation == 1)
    }

    @Test func `keys of what is not loaded are tolerated when told so`() throws {
        let fixture = try ConfigFixture()
        let yaml = try fixture.write("app.yaml", "wallet:\n  brokerage:\n    driver: paper\nwalletX: 1\n")
        let environment = ["LONJA_CONFIG": yaml, "LONJA_WALLET_FEE": "1"]
        let error = try #require(throws: ConfigurationError.self) {
            try fixture.settings(environment, tolerating: ["wallet"])
        }
        #expect(error.problems.map(\.subject) == ["walletX"])
    }

    @Test func `keys of a driver can be declared later`() throws {
        let settings = try ConfigFixture().settings(["LONJA_MARKET_X_URL": "u"], tolerating: ["market.x"])
        try settings.declare([.string("market.x.url", "where x is")])
        #expect(settings.optionalString("market.x.url") == "u")
    }

    @Test func `a bad value of a later key changes nothing`() throws {
        let settings = try ConfigFixture().settings(["LONJA_MARKET_X_SIZE": "big"], tolerating: ["market.x"])
        #expect(throws: ConfigurationError.self) { try settings.declare([.int("market.x.size", default: 1, "size")]) }
        #expect(settings.string("market.mode") == "fast")
    }
}
