import Contracts
import Money
import Postgres
import RPC
import Reactor
import TestServers
import Testing

@testable import WalletService

extension IntegrationTests {
    /// The real splits of the bundled bars.
    @Suite(.paperOnly)
    struct SplitTests {
        struct Split: Sendable {
            let symbol: String
            let before: String
            let exDay: String
        }

        static let splits = [
            Split(symbol: "AAPL", before: "2000-06-20", exDay: "2000-06-21"),
            Split(symbol: "AAPL", before: "2005-02-25", exDay: "2005-02-28"),
            Split(symbol: "MSFT", before: "2003-02-14", exDay: "2003-02-18"),
        ]

        private static func with(
            _ day: String,
            _ body: @escaping @Sendable (WalletFixture, ReplayFake) async throws -> Void
        ) async throws {
            let group = try EventLoopGroup(count: 1)
            let market = try ReplayFake(start: CalendarDate(parsing: day), loops: group)
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.plugin.loops.actions.turn()
                try await body(wallet, market)
            }
            await group.stop()
        }

        private static func close(_ market: ReplayFake, _ symbol: String, _ day: String) async throws -> ExactDecimal {
            var request = MarketGetHistoryRequest()
            request.symbol = symbol
            let bars = try await market.getHistory(request, CallContext.root()).items
            return try ExactDecimal(parsing: #require(bars.first { $0.date == day }).close)
        }

        @Test(.timeLimit(.minutes(1)), arguments: splits)
        func equityIsContinuous(_ split: Split) async throws {
            try await Self.with(split.before) { wallet, market in
                #expect(try await market.day.description == split.before)
                let ana = try await wallet.makeClient(cash: "1000000.00")
                _ = try await wallet.place(ana, wallet.request("buy", split.symbol, quantity: "10.123456789"))
                let price = try ExactDecimal(parsing: await Self.quote(market, split.symbol).price.amount)
                // Far from the market, so that they wait.
                let low = try price.multiplied(by: "0.5", scale: 4, rounding: .floor)
                let high = try price.multiplied(by: "2", scale: 4, rounding: .ceiling)
                let buy = try await wallet.place(
                    ana,
                    wallet.request("buy", split.symbol, quantity: "3", limit: low.description, tif: "gtc")
                )
                let sell = try await wallet.place(
                    ana,
                    wallet.request("sell", split.symbol, quantity: "4", limit: high.description, tif: "gtc")
                )
                let before = try await wallet.holdings(ana)[0]
                let cashBefore = try await wallet.cash(ana)

                try await market.nextDay()
                #expect(try await market.day.description == split.exDay)
                try await wallet.plugin.loops.actions.turn()
                // Again: nothing more.
                try await wallet.plugin.loops.actions.turn()

                let after = try await wallet.holdings(ana)[0]
                #expect(after.quantity == "20.246913578" && after.held == "8")
                #expect(after.cost == before.cost && after.realised == before.realised)
                #expect(try await wallet.cash(ana) == cashBefore)
                // The value is the new price times twice the shares.
                let quote = try ExactDecimal(parsing: await Self.quote(market, split.symbol).price.amount)
                let worth = try ExactDecimal("20.246913578").multiplied(by: quote, scale: 2, rounding: .halfEven)
                #expect(after.value.amount == worth.description)

                let (lowAfter, highAfter) = (
                    try await wallet.order(ana, buy.id), try await wallet.order(ana, sell.id)
                )
                #expect(lowAfter.quantity == "6" && highAfter.quantity == "8")
                let halfLow = try low.divided(by: 2, scale: 4, rounding: .floor).normalized.description
                let halfHigh = try high.divided(by: 2, scale: 4, rounding: .ceiling).normalized.description
                #expect(lowAfter.limitPrice == halfLow && highAfter.limitPrice == halfHigh)
                #expect(lowAfter.state == .open && highAfter.state == .open)
                #expect(try await wallet.events(ana, buy.id) == ["accepted", "held", "adjusted"])
                // What was adjusted is still cancelled, and gives back what was kept.
                for order in [buy, sell] { #expect(try await wallet.cancel(ana, order.id).state == .cancelled) }
                #expect(try await wallet.cash(ana).hasSuffix("/0.00"))
                #expect(try await wallet.holdings(ana)[0].held == "0")
                try await wallet.checkInvariants()
            }
        }

        /// From close to close, equity grows as the adjusted prices do, to 1e-9.
        @Test(.timeLimit(.minutes(1)), arguments: splits)
        func aSplitIsNoReturn(_ split: Split) async throws {
            try await Self.with(split.before) { wallet, market in
                // So much that a cent is below 1e-9 of it.
                let ana = try await wallet.makeClient(cash: "900000000000.00")
                let bought = try await wallet.place(
                    ana,
                    wallet.request("buy", split.symbol, quantity: "8000000")
                )
                #expect(bought.state == .filled)
                try await market.nextDay()
                try await wallet.plugin.loops.actions.turn()
                try await market.nextDay()
                try await wallet.plugin.loops.actions.turn()
                let owned = try await wallet.holdings(ana)[0].quantity
                #expect(owned == "16000000")
                var request = WalletGetValueRequest()
                request.range = "max"
                let points = try await wallet.client.getValue(request, wallet.context(ana)).items
                #expect(points.map(\.date).prefix(2) == [split.before, split.exDay])
                let first = try await Self.close(market, split.symbol, split.before)
                let second = try await Self.close(market, split.symbol, split.exDay)
                var shares: [ExactDecimal] = []
                for point in points {
                    shares.append(try ExactDecimal(parsing: point.value) - ExactDecimal(parsing: point.cash))
                }
                let grown = try shares[1].divided(by: shares[0], scale: 12, rounding: .halfEven)
                let adjusted = try (second * 2).divided(by: first, scale: 12, rounding: .halfEven)
                let difference = try (grown - adjusted).magnitude
                #expect(difference <= "0.000000001")
                try await wallet.checkInvariants()
            }
        }

        /// C15: the split comes while an order is being executed. The order's shares are old ones, and are split too.
        @Test(.timeLimit(.minutes(1)))
        func aSplitWaitsForWhatIsOnItsWay() async throws {
            try await Self.with("2005-02-25") { wallet, market in
                let ana = try await wallet.makeClient(cash: "1000000.00")
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                wallet.dies = .held
                await #expect(throws: (any Error).self) {
                    _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                }
                wallet.dies = .placed
                await #expect(throws: (any Error).self) {
                    _ = try await wallet.place(ana, wallet.request("sell", quantity: "4"))
                }
                try await market.nextDay()
                try await wallet.plugin.loops.actions.turn()
                // Not split yet, and nothing new may be done at the new price.
                let refused = await refusal { _ = try await wallet.place(ana, wallet.request("sell", quantity: "1")) }
                #expect(refused?.reason == "day-begins")
                // What is shown is worth what it is all the same: ten old shares at twice the new price.
                let price = try ExactDecimal(parsing: await Self.quote(market, "AAPL").price.amount)
                let seen = try await wallet.holdings(ana)[0]
                let worth = try (price * 20).rescaled(to: 2, rounding: .halfEven)
                #expect(seen.quantity == "10" && seen.value.amount == worth.description)
                try await wallet.recover()
                #expect(try await wallet.holdings(ana)[0].quantity == "11")
                for _ in 0..<20 {
                    try await wallet.plugin.loops.actions.turn()
                    try await EventLoop.current?.sleep(for: .milliseconds(10))
                }
                #expect(try await wallet.holdings(ana)[0].quantity == "22")
                #expect(try await wallet.place(ana, wallet.request("sell", quantity: "1")).state == .filled)
                try await wallet.checkInvariants()
            }
        }

        private static func quote(_ market: ReplayFake, _ symbol: String) async throws -> MarketQuote {
            var request = MarketGetQuoteRequest()
            request.symbol = symbol
            return try await market.getQuote(request, CallContext.root())
        }
    }
}
