import Config
import Testing

@Suite struct SettingTests {
    @Test(arguments: [
        ("market.quotes.driver", "LONJA_MARKET_QUOTES_DRIVER"),
        ("market.replay.dayLength", "LONJA_MARKET_REPLAY_DAY_LENGTH"),
        ("a.b2C", "LONJA_A_B2_C"),
    ])
    func `a key has one variable`(key: String, variable: String) {
        #expect(Setting.string(key, "x").variable == variable)
    }

    @Test(arguments: [
        ("5us", Duration.microseconds(5)), ("250ms", .milliseconds(250)), ("10s", .seconds(10)), ("3m", .seconds(180)),
        ("2h", .seconds(7200)), ("1d", .seconds(86_400)), ("0s", .zero),
    ])
    func `durations`(text: String, duration: Duration) throws {
        let settings = try Settings(
            declared: [.duration("a.b", default: "1s", "x")],
            environment: ["LONJA_A_B": text]
        )
        #expect(settings.duration("a.b") == duration)
    }
}
