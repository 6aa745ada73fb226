import Contracts
import Money
import Postgres
import RPC
import Reactor
import Synchronization
import TestServers
import Testing

@testable import WalletService

extension IntegrationTests {
    @Suite(.paperOnly)
    struct ActionTests {
        private static func market() throws -> ScriptedMarket {
            ScriptedMarket(
                day: try CalendarDate(parsing: "2012-03-01"),
                prices: ["AAPL": "100.00", "MSFT": "20.00", "DUST": "0.0012"]
            )
        }

        /// Who had shares before the ex day is paid, once, however many replicas look.
        @Test(.timeLimit(.minutes(1)))
        func dividendsArePaidOnce() async throws {
            let market = try Self.market()
            try await WalletFixture.with(market: market) { one in
                try await WalletFixture.with(beside: one, market: market) { two in
                    try await one.settleDay()
                    let (ana, ben) = (try await one.makeClient(), try await one.makeClient())
                    _ = try await one.place(ana, one.request("buy", quantity: "10.5"))
                    market.nextDay()
                    market.dividend("AAPL", "0.245")
                    // Ben buys at the price without it: at once he may not, as nothing is booked yet.
                    try await withThrowingTaskGroup { group in
                        for wallet in [one, two, one, two] {
                            group.addTask { try await wallet.settleDay() }
                        }
                        group.addTask { _ = try await two.place(ben, two.request("buy", quantity: "10")) }
                        try await group.waitForAll()
                    }
                    try await one.settleDay()
                    // 10.5 x 0.245 = 2.5725, and parts of a cent stay with the company.
                    #expect(try await one.cash(ana) == "98952.57/0.00")
                    #expect(try await one.cash(ben) == "99000.00/0.00")
                    let paid = try await one.activities(ana).filter { $0.kind == "dividend" }
                    #expect(paid.count == 1 && paid[0].amount.amount == "2.57" && paid[0].quantity == "10.5")
                    #expect(paid[0].perShare == "0.245" && paid[0].date == "2012-03-02")
                    let summary = try await one.wallet(ana)
                    #expect(summary.dividends.amount == "2.57" && summary.profit.amount == "2.57")
                    #expect(try await one.holdings(ana)[0].dividends.amount == "2.57")
                    try await one.checkInvariants()
                }
            }
        }

        /// The credit's answer is lost, or it comes twice: it is paid once.
        @Test(.timeLimit(.minutes(1)))
        func aLostPaymentIsPaidOnce() async throws {
            let market = try Self.market()
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                market.nextDay()
                market.dividend("AAPL", "1.00")
                market.state.withLock { $0.failures = 1 }
                wallet.proxy.plan("credit", [.lost, .unanswered, .doubled])
                try await wallet.settleDay()
                #expect(try await wallet.cash(ana) == "99010.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// Fractions stay fractions; orders of which nothing is left end and give back; days are not skipped.
        @Test(.timeLimit(.minutes(1)))
        func reverseSplits() async throws {
            let market = try Self.market()
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "7.000000001"))
                let crumb = try await wallet.place(
                    ana,
                    wallet.request("sell", quantity: "0.000000005", limit: "200", tif: "gtc")
                )
                let part = try await wallet.place(ana, wallet.request("sell", quantity: "3", limit: "200", tif: "gtc"))
                let low = try await wallet.place(
                    ana,
                    wallet.request("buy", "DUST", quantity: "1000", limit: "0.0001", tif: "gtc")
                )
                // Nobody looks for two days: one for ten on the first, and two for one of another on the second.
                market.nextDay()
                market.split("AAPL", 1, 10)
                market.set("AAPL", "1000.00")
                market.nextDay()
                market.split("DUST", 2, 1)
                try await wallet.settleDay()
                let owned = try await wallet.holdings(ana)[0]
                #expect(owned.quantity == "0.7" && owned.held == "0.3" && owned.cost.amount == "700.01")
                #expect(owned.averageCost.amount == "1000.0143")
                #expect(try await wallet.order(ana, crumb.id).state == .cancelled)
                let left = try await wallet.order(ana, part.id)
                #expect(left.state == .open && left.quantity == "0.3" && left.limitPrice == "2000")
                try await wallet.recover()
                #expect(try await wallet.order(ana, low.id).state == .cancelled)
                #expect(try await wallet.cash(ana) == "99299.99/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// The books of a day that nobody could ask about are not closed, and nothing is traded at its prices.
        @Test(.timeLimit(.minutes(1)))
        func anUnknownDayIsWaitedFor() async throws {
            let market = try Self.market()
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                market.nextDay()
                market.split("AAPL", 2, 1)
                market.set("AAPL", "50.00")
                market.state.withLock { $0.failures = 1 }
                try await wallet.plugin.loops.actions.turn()
                let refused = await refusal { _ = try await wallet.place(ana, wallet.request("sell", quantity: "1")) }
                #expect(refused?.code == .unavailable && refused?.reason == "day-begins")
                // Another company's day is known.
                #expect(try await wallet.place(ana, wallet.request("buy", "MSFT", quantity: "1")).state == .filled)
                try await wallet.settleDay()
                #expect(try await wallet.place(ana, wallet.request("sell", quantity: "1")).state == .filled)
                #expect(try await wallet.holdings(ana)[0].quantity == "19")
                try await wallet.checkInvariants()
            }
        }

        /// A limit that is only reached because the shares were split does not fill.
        @Test(.timeLimit(.minutes(1)))
        func aSplitReachesNoLimit() async throws {
            let market = try Self.market()
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                let ana = try await wallet.makeClient()
                let buy = try await wallet.place(ana, wallet.request("buy", quantity: "10", limit: "60", tif: "gtc"))
                market.nextDay()
                market.split("AAPL", 2, 1)
                market.set("AAPL", "50.00")
                // The matching loop sees the new price first.
                try await wallet.plugin.loops.match()
                #expect(try await wallet.order(ana, buy.id).state == .open)
                try await wallet.settleDay()
                try await wallet.plugin.loops.match()
                let adjusted = try await wallet.order(ana, buy.id)
                #expect(adjusted.state == .open && adjusted.quantity == "20" && adjusted.limitPrice == "30")
                market.set("AAPL", "30.00")
                try await wallet.plugin.loops.match()
                #expect(try await wallet.order(ana, buy.id).state == .filled)
                #expect(try await wallet.cash(ana) == "99400.00/0.00")
                try await wallet.checkInvariants()
            }
        }
    }
}
