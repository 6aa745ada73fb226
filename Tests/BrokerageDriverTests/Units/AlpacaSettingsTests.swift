import Config
import Fetch
import Plugin
import Reactor
import TestServers
import Testing

@testable import AlpacaBrokerage

@Suite struct AlpacaSettingsTests {
    private static let good = ["wallet.alpaca.key": "PK", "wallet.alpaca.secret": "hush"]

    private func settings(_ change: [String: String]) throws -> AlpacaSettings {
        let values = Self.good.merging(change) { $1 }
        var environment: [String: String] = [:]
        for setting in AlpacaSettings.declared { environment[setting.variable] = values[setting.key] }
        return try AlpacaSettings(try Settings(declared: AlpacaSettings.declared, environment: environment).snapshot)
    }

    /// Real money takes two settings that agree.
    @Test func realMoneyIsNoTypingError() throws {
        #expect(try settings([:]).isPaper)
        let real = "https://api.alpaca.markets/"
        #expect(throws: ConfigurationError.self) { try settings(["wallet.alpaca.url": real]) }
        #expect(throws: ConfigurationError.self) { try settings(["wallet.alpaca.paper": "false"]) }
        #expect(try !settings(["wallet.alpaca.url": real, "wallet.alpaca.paper": "false"]).isPaper)
    }

    @Test func keysDoNotTravelInTheClear() throws {
        #expect(throws: ConfigurationError.self) { try settings(["wallet.alpaca.url": "http://broker.example"]) }
        #expect(throws: ConfigurationError.self) { try settings(["wallet.alpaca.url": "ftp://broker.example"]) }
        #expect(throws: ConfigurationError.self) { try settings(["wallet.alpaca.secret": ""]) }
        #expect(try settings(["wallet.alpaca.url": "http://127.0.0.1:8080"]).base.port == 8080)
    }

    /// The probe says what is wrong with an account, and never a key.
    @Test(.timeLimit(.minutes(1)), arguments: [("blocked", "may not trade"), ("account=", "not Alpaca's")])
    func anAccountThatMayNotTradeIsRefused(_ option: String, _ words: String) async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let end = try AlpacaEnd([option], loops: loops)
        defer { end.server.end() }
        let failure = try await loops.next().run { () -> String in
            do {
                _ = try await end.brokerage(isKnown: true)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(failure.contains(words) && !failure.contains(AlpacaServer.secret))
    }
}
