import BrokerageCompatibility
import PaperBrokerage
import Plugin
import Reactor

/// Paper has no other end: the quote that it is handed is its market.
final class PaperEnd: BrokerageEnd {
    private let loops: EventLoopGroup

    init(loops: EventLoopGroup) { self.loops = loops }

    func brokerage(isKnown: Bool) async throws -> any Brokerage {
        let driver = try PaperDriver(context: .test(PaperDriver.settings, ["wallet.paper.fee": "1.00"], loops: loops))
        try await driver.probe()
        return driver
    }

    func price(_ price: String) async throws {}
    func plan(_ orders: [String]) async throws {}
    func planCancels(_ cancels: [String]) async throws {}
    func executions() async throws -> Int? { nil }
    var abilities: Set<BrokerageEndAbility> { [.forgets] }
}
