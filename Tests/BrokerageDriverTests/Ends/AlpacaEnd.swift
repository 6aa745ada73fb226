import AlpacaBrokerage
import BrokerageCompatibility
import Plugin
import Reactor
import TestServers

/// Alpaca's API, spoken by a local server.
final class AlpacaEnd: BrokerageEnd {
    let server: AlpacaServer
    private let loops: EventLoopGroup

    init(_ options: [String] = [], loops: EventLoopGroup) throws {
        self.loops = loops
        server = try AlpacaServer(["buying-power=10000000"] + options, loops: loops)
    }

    func brokerage(isKnown: Bool) async throws -> any Brokerage {
        let driver = try driver(isKnown ? [:] : ["wallet.alpaca.secret": "wrong"])
        try await driver.probe()
        return driver
    }

    /// A driver with some settings changed.
    func driver(_ change: [String: String]) throws -> AlpacaDriver {
        let values = server.settings.merging(change) { $1 }
        return try AlpacaDriver(context: .test(AlpacaDriver.settings, values, loops: loops))
    }

    func price(_ price: String) async throws { try await server.price("AAPL", price) }
    func plan(_ orders: [String]) async throws { try await server.plan("orders", orders) }
    func planCancels(_ cancels: [String]) async throws { try await server.plan("cancels", cancels) }
    func executions() async throws -> Int? { try await server.counts().executions }
    var abilities: Set<BrokerageEndAbility> { [.keepsOrders, .checksCredentials, .misbehaves, .spendsAmounts] }
}
