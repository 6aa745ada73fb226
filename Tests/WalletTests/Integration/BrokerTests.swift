import Contracts
import Observe
import Postgres
import RPC
import TestServers
import Testing

@testable import WalletService

extension IntegrationTests {
    /// What a broker that keeps orders and executes them in its own time asks of the saga.
    @Suite
    struct BrokerTests {
        @Test(.timeLimit(.minutes(1)))
        func aPartIsTheFillWhenTheRestIsTakenBack() async throws {
            try await WalletFixture.with(brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                try await wallet.alpaca?.plan("orders", ["half"])
                let buy = try await wallet.place(ana, wallet.request("buy", quantity: "10", limit: "101", tif: "gtc"))
                #expect(buy.state == .open && buy.filledQuantity == "0")
                try await wallet.pause(50)
                try await wallet.match()
                // A part of it is executed, and nothing is booked yet.
                #expect(try await wallet.order(ana, buy.id).state == .open)
                #expect(try await wallet.cash(ana) == "98990.00/1010.00")
                let late = await refusal { _ = try await wallet.cancel(ana, buy.id) }
                #expect(late?.reason == "order-closed")
                let filled = try await wallet.order(ana, buy.id)
                #expect(filled.state == .filled && filled.filledQuantity == "5")
                #expect(try await wallet.cash(ana) == "99500.00/0.00")

                try await wallet.alpaca?.plan("orders", ["half-cancel"])
                let sold = try await wallet.place(ana, wallet.request("sell", quantity: "4"))
                #expect(sold.state == .filled && sold.filledQuantity == "2")
                #expect(try await wallet.holdings(ana)[0].quantity == "3")
                #expect(try await wallet.holdings(ana)[0].held == "0")
                #expect(try await wallet.cash(ana) == "99700.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// Whatever becomes of the answer, an order is executed once.
        @Test(
            .timeLimit(.minutes(1)),
            arguments: ["lost", "taken-500", "broken", "dropped", "500", "429"],
            ["buy", "sell"]
        )
        func answersAreLost(_ plan: String, _ side: String) async throws {
            try await WalletFixture.with(brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                try await wallet.alpaca?.plan("orders", [plan])
                let first = try await wallet.place(ana, wallet.request(side, quantity: "2"), key: "k")
                #expect(first.state == .filled || first.state == .pending)
                try await wallet.recover()
                let again = try await wallet.place(ana, wallet.request(side, quantity: "2"), key: "k")
                #expect(again.id == first.id && again.state == .filled)
                #expect(try await wallet.cash(ana) == (side == "buy" ? "99300.00/0.00" : "99700.00/0.00"))
                let counts = try await wallet.alpaca?.counts()
                #expect(counts?.posts == 2 && counts?.executions == 2)
                try await wallet.checkInvariants("\(plan) \(side)")
            }
        }

        @Test(
            .timeLimit(.minutes(1)),
            arguments: [("reject", "refused"), ("expire", "not-executed"), ("cancel", "cancelled"), ("403", "")]
        )
        func whatTheBrokerEndsGivesEverythingBack(_ plan: String, _ problem: String) async throws {
            try await WalletFixture.with(brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                for side in ["buy", "sell"] {
                    try await wallet.alpaca?.plan("orders", [plan])
                    do {
                        let order = try await wallet.place(ana, wallet.request(side, quantity: "1"), key: side)
                        #expect(order.state == (plan == "403" ? .pending : .cancelled))
                    } catch let error as RPCError {
                        #expect(error.reason == problem)
                    }
                }
                try await wallet.recover()
                #expect(try await wallet.cash(ana) == "99500.00/0.00")
                #expect(try await wallet.holdings(ana)[0].held == "0")
                try await wallet.checkInvariants(Comment(rawValue: plan))
            }
        }

        /// An order at the market's price that the broker does not execute in time is taken back there.
        @Test(.timeLimit(.minutes(1)), arguments: ["buy", "sell"])
        func aMarketOrderDoesNotWaitForEver(_ side: String) async throws {
            var times = WalletFixture.quick
            times.patience = .milliseconds(700)
            times.answer = .milliseconds(200)
            try await WalletFixture.with(times: times, brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                try await wallet.alpaca?.plan("orders", ["hold"])
                let order = try await wallet.place(ana, wallet.request(side, quantity: "2"))
                #expect(order.state == .pending)
                try await wallet.pause(800)
                try await wallet.recover()
                let ended = try await wallet.order(ana, order.id)
                #expect(ended.state == .rejected && ended.problem == "timed-out")
                #expect(try await wallet.cash(ana) == "99500.00/0.00")
                #expect(try await wallet.holdings(ana)[0].held == "0")
                try await wallet.checkInvariants()
            }
        }

        /// A fill that happens while the cancel is on its way wins.
        @Test(.timeLimit(.minutes(1)))
        func aFillWinsOverTheCancel() async throws {
            try await WalletFixture.with(brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                try await wallet.alpaca?.plan("orders", ["hold", "hold"])
                let first = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "100", tif: "gtc"))
                try await wallet.alpaca?.plan("cancels", ["late", "slow"])
                let late = await refusal { _ = try await wallet.cancel(ana, first.id) }
                #expect(late?.reason == "order-closed")
                #expect(try await wallet.order(ana, first.id).state == .filled)
                // One that the broker takes its time for is still open, and cancelled later.
                let second = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "100", tif: "gtc"))
                #expect(try await wallet.cancel(ana, second.id).state == .open)
                try await wallet.pause(1100)
                try await wallet.match()
                #expect(try await wallet.order(ana, second.id).state == .cancelled)
                #expect(try await wallet.cash(ana) == "99900.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// An order by amount spends it as the broker can, not as many shares as the quote would have come to.
        @Test(.timeLimit(.minutes(1)))
        func anAmountIsSpentExactly() async throws {
            try await WalletFixture.with(brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient(cash: "1000.00")
                wallet.market.set { $0.prices["AAPL"] = "33.33" }
                let bought = try await wallet.place(ana, wallet.request("buy", amount: "1000.00"))
                #expect(bought.state == .filled && bought.filledQuantity == "30.0030003")
                #expect(try await wallet.cash(ana) == "0.00/0.00")
                let small = await refusal { _ = try await wallet.place(ana, wallet.request("buy", amount: "0.50")) }
                #expect(small?.reason == "unsupported-order")
                let odd = await refusal {
                    _ = try await wallet.place(ana, wallet.request("sell", quantity: "0.5", limit: "40", tif: "gtc"))
                }
                #expect(odd?.reason == "unsupported-order")
                try await wallet.checkInvariants()
            }
        }

        /// C16: the brokerage is swapped while orders are there. They wait for it, seen by all, and nobody else gets them.
        @Test(.timeLimit(.minutes(1)))
        func noOrderGoesToTwoBrokerages() async throws {
            var times = WalletFixture.quick
            times.stuckAfter = 1
            try await WalletFixture.with(times: times, brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                let there = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "90", tif: "gtc"))
                try await wallet.swap(to: .paper)
                // New orders go to paper; the one that is at the broker stays his.
                let here = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "80", tif: "gtc"))
                wallet.market.set { $0.prices["AAPL"] = "79.00" }
                try await wallet.pause(50)
                #expect(try await wallet.alpaca?.counts().executions == 2)
                for _ in 0..<3 { try await wallet.match() }
                #expect(try await wallet.order(ana, here.id).averagePrice.amount == "79.0000")
                #expect(try await wallet.order(ana, there.id).state == .open)
                let away = await refusal { _ = try await wallet.cancel(ana, there.id) }
                #expect(away?.code == .unavailable)
                try await wallet.plugin.loops.recover()
                #expect(wallet.plugin.loops.stuck.value == 1)
                let waits = try await wallet.place(ana, wallet.request("sell", quantity: "1", limit: "95", tif: "gtc"))
                try await wallet.swap(to: .alpaca)
                // What waited here for paper goes to the broker, who then has a fill for both.
                wallet.market.set { $0.prices["AAPL"] = "96.00" }
                for _ in 0..<8 {
                    try await wallet.match()
                    try await wallet.pause(30)
                }
                #expect(try await wallet.order(ana, there.id).averagePrice.amount == "79.0000")
                #expect(try await wallet.order(ana, waits.id).averagePrice.amount == "96.0000")
                try await wallet.plugin.loops.recover()
                #expect(wallet.plugin.loops.stuck.value == 0)
                #expect(try await wallet.alpaca?.counts().executions == 3)
                try await wallet.checkInvariants()
            }
        }

        /// An order that a crash left between two lines is still asked of whoever was about to be asked; paper, which
        /// keeps nothing, may be replaced.
        @Test(.timeLimit(.minutes(1)), arguments: [FaultPoint.held, .executed])
        func whatPaperForgotGoesToTheBroker(_ point: FaultPoint) async throws {
            try await WalletFixture.with(brokerage: .alpaca) { wallet in
                let ana = try await wallet.makeClient()
                try await wallet.swap(to: .paper)
                wallet.dies = point
                _ = try? await wallet.place(ana, wallet.request("buy", quantity: "2"), key: "k")
                #expect(wallet.dies == nil)
                try await wallet.swap(to: .alpaca)
                try await wallet.recover()
                let order = try await wallet.place(ana, wallet.request("buy", quantity: "2"), key: "k")
                #expect(order.state == .filled)
                #expect(try await wallet.alpaca?.counts().executions == 1)
                #expect(try await wallet.cash(ana) == "99800.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// Two replicas ask for the same open orders, hand over what waits, and end the day: each order once.
        @Test(.timeLimit(.minutes(1)), arguments: [WalletFixture.Broker.paper, .alpaca])
        func ofTwoReplicasOneActs(_ broker: WalletFixture.Broker) async throws {
            try await WalletFixture.with(brokerage: broker) { one in
                try await WalletFixture.with(beside: one) { two in
                    let ana = try await one.makeClient()
                    one.market.set { $0.nextChange = 1 }
                    var orders: [(id: String, isDay: Bool)] = []
                    for index in 0..<12 {
                        let isDay = index % 2 == 0
                        let limit = isDay ? "40" : "90"
                        let request = one.request("buy", quantity: "1", limit: limit, tif: isDay ? "day" : "gtc")
                        orders.append((try await one.place(ana, request).id, isDay))
                    }
                    one.market.set { $0.prices["AAPL"] = "90.00" }
                    try await one.pause(1100)
                    for _ in 0..<4 {
                        await withTaskGroup { group in
                            for wallet in [one, two, one, two] { group.addTask { try? await wallet.match() } }
                        }
                        try await one.pause(60)
                    }
                    for order in orders {
                        let state = try await one.order(ana, order.id).state
                        #expect(state == (order.isDay ? .expired : .filled))
                    }
                    #expect(try await one.cash(ana) == "99460.00/0.00")
                    let finals = try await one.database.query(
                        "SELECT count(*) FROM order_events WHERE what IN ('filled', 'expired')"
                    )
                    #expect(try finals[0].value(at: 0, as: Int.self) == 12)
                    if let alpaca = one.alpaca { #expect(try await alpaca.counts().executions == 6) }
                    try await one.checkInvariants()
                }
            }
        }
    }
}
