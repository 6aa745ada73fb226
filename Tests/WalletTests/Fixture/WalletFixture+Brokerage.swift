import AlpacaBrokerage
import Config
import Foundation
import Logging
import Observe
import PaperBrokerage
import Plugin
import Postgres
import Reactor
import TestServers
import Testing

@testable import WalletService

extension WalletFixture {
    /// Who executes orders: on paper, or a local server that speaks Alpaca's API, through Alpaca's driver.
    enum Broker: String {
        case paper, alpaca

        /// `LONJA_TEST_BROKERAGE=alpaca` runs every test that does not say otherwise on Alpaca.
        static let usual =
            ProcessInfo.processInfo.environment["LONJA_TEST_BROKERAGE"].flatMap(Broker.init) ?? .paper
    }

    /// Nothing is added to the quote.
    static var plainPaper: [String: String] {
        ["LONJA_WALLET_PAPER_SPREAD": "0", "LONJA_WALLET_PAPER_SLIPPAGE": "0"]
    }

    var broker: Broker { alpaca == nil ? .paper : .alpaca }

    /// Puts a driver into the slot, as the host does.
    func swap(to broker: Broker, paper: [String: String] = WalletFixture.plainPaper) async throws {
        switch broker {
        case .paper: try await swap(PaperDriver.self, paper)
        case .alpaca:
            let server = try #require(alpaca)
            var variables: [String: String] = [:]
            for setting in AlpacaDriver.settings { variables[setting.variable] = server.settings[setting.key] }
            try await swap(AlpacaDriver.self, variables)
        }
    }

    private func swap(_ driver: any Driver.Type, _ variables: [String: String]) async throws {
        _ = try await saga.slot.swap(
            to: driver,
            context: DriverContext(
                name: "\(driver.name)",
                version: "1",
                slot: "wallet.brokerage",
                settings: try Settings(declared: driver.settings, environment: variables),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                metrics: MetricRegistry(),
                loops: loops
            )
        )
    }

    /// Lets the matching loop look once, and a brokerage that keeps orders be asked for them.
    func match() async throws {
        try await plugin.loops.match()
        guard alpaca != nil else { return }
        // It acknowledges first, and executes after that.
        try await pause(30)
        try await database.execute("UPDATE orders SET attend_at = now() WHERE state = 'executing'")
        try await plugin.loops.recover()
    }

    /// Waits for what a broker does in its own time.
    func pause(_ milliseconds: Int) async throws {
        try await EventLoop.current?.sleep(for: .milliseconds(milliseconds))
    }
}

extension Trait where Self == ConditionTrait {
    /// For what paper alone does.
    static var paperOnly: Self {
        .enabled(if: WalletFixture.Broker.usual == .paper, "shows something that paper alone does")
    }
}
