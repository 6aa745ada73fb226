import Contracts
import Postgres
import RPC
import Testing

@testable import WalletService

extension IntegrationTests {
    @Suite
    struct LimitTests {
        @Test(.timeLimit(.minutes(1)))
        func limitsWaitForTheirPrice() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                let buy = try await wallet.place(ana, wallet.request("buy", quantity: "10", limit: "95", tif: "gtc"))
                #expect(buy.state == .open)
                #expect(try await wallet.cash(ana) == "99050.00/950.00")
                try await wallet.match()
                #expect(try await wallet.order(ana, buy.id).state == .open)
                // Better than the limit: the fill is at the price, and the rest of the cash comes back.
                wallet.market.set { $0.prices["AAPL"] = "94.50" }
                try await wallet.match()
                let filled = try await wallet.order(ana, buy.id)
                #expect(filled.state == .filled && filled.averagePrice.amount == "94.5000")
                #expect(try await wallet.cash(ana) == "99055.00/0.00")

                let sell = try await wallet.place(ana, wallet.request("sell", quantity: "4", limit: "120", tif: "gtc"))
                #expect(sell.state == .open)
                #expect(try await wallet.holdings(ana)[0].held == "4")
                let over = await refusal { _ = try await wallet.place(ana, wallet.request("sell", quantity: "6.1")) }
                #expect(over?.reason == "insufficient-shares")
                wallet.market.set { $0.prices["AAPL"] = "120.00" }
                try await wallet.match()
                #expect(try await wallet.order(ana, sell.id).state == .filled)
                #expect(try await wallet.holdings(ana)[0].quantity == "6")
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func cancellingGivesBack() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                let buy = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "50"))
                let sell = try await wallet.place(ana, wallet.request("sell", quantity: "10", limit: "500"))
                for order in [buy, sell] {
                    #expect(try await wallet.cancel(ana, order.id).state == .cancelled)
                    // Again: the same.
                    #expect(try await wallet.cancel(ana, order.id).state == .cancelled)
                }
                #expect(try await wallet.cash(ana) == "99000.00/0.00")
                #expect(try await wallet.holdings(ana)[0].held == "0")
                let sold = try await wallet.place(ana, wallet.request("sell", quantity: "10"))
                let late = await refusal { _ = try await wallet.cancel(ana, sold.id) }
                #expect(late?.code == .failedPrecondition && late?.reason == "order-closed")
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func theDayEnds() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                wallet.market.set { $0.nextChange = 0 }
                let day = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "50", tif: "day"))
                let gtc = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "40", tif: "gtc"))
                var state = day.state
                for _ in 0..<40 where state == .open {
                    try await wallet.match()
                    state = try await wallet.order(ana, day.id).state
                }
                #expect(state == .expired)
                #expect(try await wallet.order(ana, gtc.id).state == .open)
                #expect(try await wallet.cash(ana) == "99960.00/40.00")
                try await wallet.checkInvariants()
            }
        }

        /// Several replicas match the same orders, while the client cancels them: each ends exactly once.
        @Test(.timeLimit(.minutes(1)))
        func cancelRacesFillOnTwoReplicas() async throws {
            try await WalletFixture.with { one in
                try await WalletFixture.with(beside: one) { two in
                    let ana = try await one.makeClient()
                    var ids: [String] = []
                    for _ in 0..<20 {
                        ids.append(
                            try await one.place(ana, one.request("buy", quantity: "1", limit: "90", tif: "gtc")).id
                        )
                    }
                    for wallet in [one, two] { wallet.market.set { $0.prices["AAPL"] = "90.00" } }
                    await withTaskGroup { group in
                        for wallet in [one, two, one, two] {
                            group.addTask { try? await wallet.match() }
                        }
                        for id in ids {
                            group.addTask { _ = try? await one.cancel(ana, id) }
                        }
                    }
                    try await one.recover()
                    try await one.match()
                    var filled = 0
                    for id in ids {
                        let state = try await one.order(ana, id).state
                        #expect(state == .filled || state == .cancelled)
                        if state == .filled { filled += 1 }
                    }
                    #expect(try await one.cash(ana) == "\(100_000 - 90 * filled).00/0.00")
                    try await one.checkInvariants()
                }
            }
        }
    }
}
