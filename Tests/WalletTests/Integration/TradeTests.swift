import Contracts
import Postgres
import RPC
import Testing

@testable import WalletService

extension IntegrationTests {
    @Suite
    struct TradeTests {
        @Test(.timeLimit(.minutes(1)))
        func buysAndSellsAtMarket() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                let bought = try await wallet.place(ana, wallet.request("buy", quantity: "10.5"))
                #expect(bought.state == .filled && bought.filledQuantity == "10.5")
                #expect(bought.averagePrice.amount == "100.0000" && bought.fee.amount == "0.00")
                #expect(try await wallet.cash(ana) == "98950.00/0.00")
                let holdings = try await wallet.holdings(ana)
                #expect(holdings.count == 1 && holdings[0].symbol == "AAPL" && holdings[0].quantity == "10.5")
                #expect(holdings[0].averageCost.amount == "100.0000" && holdings[0].value.amount == "1050.00")

                wallet.market.set { $0.prices["AAPL"] = "110.00" }
                let up = try await wallet.wallet(ana)
                #expect(up.value.amount == "100105.00" && up.profit.amount == "105.00" && !up.stale)
                let sold = try await wallet.place(ana, wallet.request("sell", quantity: "10.5"))
                #expect(sold.state == .filled)
                #expect(try await wallet.cash(ana) == "100105.00/0.00")
                #expect(try await wallet.holdings(ana) == [])
                #expect(try await wallet.wallet(ana).profit.amount == "105.00")

                var page = WalletListHistoryRequest()
                page.limit = 1
                let newest = try await wallet.client.listHistory(page, wallet.context(ana))
                #expect(newest.items.map(\.side) == ["sell"] && newest.items[0].total.amount == "1155.00")
                page.cursor = newest.nextCursor
                let oldest = try await wallet.client.listHistory(page, wallet.context(ana))
                #expect(oldest.items.map(\.orderID) == [bought.id] && oldest.nextCursor.isEmpty)
                #expect(oldest.items[0].explanation.contains("fake quote 100.00 USD"))
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func buysAndSellsByAmountToTheLastUnit() async throws {
            try await WalletFixture.with(paper: ["LONJA_WALLET_PAPER_FEE": "1.00"]) { wallet in
                let ana = try await wallet.makeClient(cash: "1000.00")
                wallet.market.set { $0.prices["AAPL"] = "33.33" }
                let bought = try await wallet.place(ana, wallet.request("buy", amount: "1000.00"))
                #expect(bought.state == .filled && bought.averagePrice.amount == "33.3367")
                #expect(bought.filledQuantity == "29.966973335" && bought.fee.amount == "1.00")
                #expect(try await wallet.cash(ana) == "0.00/0.00")
                let sold = try await wallet.place(ana, wallet.request("sell", quantity: bought.filledQuantity))
                #expect(sold.state == .filled && sold.averagePrice.amount == "33.3233")
                let summary = try await wallet.wallet(ana)
                #expect(summary.cash.amount == "997.59" && summary.profit.amount == "-2.41")
                // What is worth less than a cent can be sold, and brings nothing.
                _ = try await wallet.place(ana, wallet.request("buy", "DUST", quantity: "0.000000001"))
                let dust = try await wallet.place(ana, wallet.request("sell", "DUST", quantity: "0.000000001"))
                #expect(dust.state == .filled && dust.fee.amount == "0.00")
                #expect(try await wallet.holdings(ana) == [])
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func sameKeySameAnswerOtherBodyRefused() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                let request = wallet.request("buy", quantity: "1")
                // All at once, and then once more.
                let answers = try await withThrowingTaskGroup(of: WalletOrder.self) { group in
                    for _ in 0..<50 { group.addTask { try await wallet.place(ana, request, key: "k") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count == 50 && answers.allSatisfy { $0 == answers[0] })
                let again = try await wallet.place(ana, wallet.request("buy", quantity: "1.0"), key: "k")
                #expect(again == answers[0] && again.state == .filled)
                let other = await refusal {
                    _ = try await wallet.place(ana, wallet.request("buy", quantity: "2"), key: "k")
                }
                #expect(other?.code == .alreadyExists && other?.reason == "idempotency-key-reused")
                let none = await refusal { _ = try await wallet.client.placeOrder(request, wallet.context(ana)) }
                #expect(none?.reason == "idempotency-key-missing")
                // A key is a client's own.
                let ben = try await wallet.makeClient()
                let his = try await wallet.place(ben, wallet.request("buy", quantity: "2"), key: "k")
                #expect(his.id != again.id)
                #expect(try await wallet.cash(ana) == "99900.00/0.00")
                // A refusal is repeated too, whatever there is by now.
                let poor = try await wallet.makeClient(cash: "1.00")
                for price in ["100.00", "0.50"] {
                    wallet.market.set { $0.prices["AAPL"] = price }
                    let refused = await refusal { _ = try await wallet.place(poor, request, key: "p") }
                    #expect(refused?.reason == "insufficient-funds")
                }
                try await wallet.checkInvariants()
            }
        }

        /// Paper takes amounts and prices that no real broker does.
        @Test(.paperOnly, .timeLimit(.minutes(1)))
        func refusalsAreDistinct() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient(cash: "100.00")
                func reason(_ request: WalletOrderRequest) async -> String? {
                    let error = await refusal { _ = try await wallet.place(ana, request) }
                    return error?.reason ?? error?.message
                }
                #expect(await reason(wallet.request("buy", "NONE", quantity: "1")) == "unknown-symbol")
                #expect(await reason(wallet.request("buy", quantity: "1.000001")) == "insufficient-funds")
                #expect(await reason(wallet.request("sell", quantity: "1")) == "insufficient-shares")
                #expect(await reason(wallet.request("buy", quantity: "1000000000")) == "order-too-large")
                #expect(await reason(wallet.request("buy", "DUST", amount: "0.01")) == nil)
                wallet.market.set { $0.prices["DEAR"] = "900000000.00" }
                #expect(await reason(wallet.request("buy", "DEAR", amount: "0.01")) == "order-too-small")
                wallet.market.set { $0.isStale = true }
                #expect(await reason(wallet.request("buy", quantity: "0.1")) == "stale-price")
                wallet.market.set {
                    $0.isStale = false; $0.age = 1300
                }
                #expect(await reason(wallet.request("buy", quantity: "0.1")) == "stale-price")
                wallet.market.set { $0.isOpen = false }
                #expect(await reason(wallet.request("buy", quantity: "0.1")) == "market-closed")
                let waits = try await wallet.place(ana, wallet.request("buy", quantity: "0.1", limit: "90", tif: "gtc"))
                #expect(waits.state == .open)
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func previewReservesNothing() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient(cash: "10.00")
                let preview = try await wallet.client.previewOrder(
                    wallet.request("buy", quantity: "3"),
                    wallet.context(ana)
                )
                #expect(preview.price.amount == "100.0000" && preview.total.amount == "300.00")
                #expect(preview.quantity == "3")
                #expect(try await wallet.cash(ana) == "10.00/0.00")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func ordersAreListedToTheirOwner() async throws {
            try await WalletFixture.with { wallet in
                let (ana, ben) = (try await wallet.makeClient(), try await wallet.makeClient())
                var placed: [String] = []
                for _ in 0..<5 { placed.append(try await wallet.place(ana, wallet.request("buy", quantity: "1")).id) }
                let open = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "50"))
                var page = WalletListOrdersRequest()
                page.limit = 4
                var seen: [String] = []
                repeat {
                    let answer = try await wallet.client.listOrders(page, wallet.context(ana))
                    seen += answer.items.map(\.id)
                    page.cursor = answer.nextCursor
                } while !page.cursor.isEmpty
                #expect(seen == [open.id] + placed.reversed())
                page = WalletListOrdersRequest()
                page.state = .open
                let waiting = try await wallet.client.listOrders(page, wallet.context(ana)).items
                #expect(waiting.map(\.id) == [open.id])
                let strange = await refusal { _ = try await wallet.order(ben, open.id) }
                #expect(strange?.code == .notFound)
                let theft = await refusal { _ = try await wallet.cancel(ben, open.id) }
                #expect(theft?.code == .notFound)
                page.cursor = "!"
                let bad = await refusal { _ = try await wallet.client.listOrders(page, wallet.context(ana)) }
                #expect(bad?.code == .invalidArgument)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func changesAreStreamed() async throws {
            try await WalletFixture.with { wallet in
                let (ana, ben) = (try await wallet.makeClient(), try await wallet.makeClient())
                let waiting = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "50"))
                // The answer of a stream that nobody ends is left by reading no further.
                let first = try await withThrowingTaskGroup(of: WalletOrder?.self) { group in
                    group.addTask {
                        try await wallet.client.streamEvents(WalletStreamEventsRequest(), wallet.context(ana)) {
                            for try await order in $0 { return order }
                            return nil
                        }
                    }
                    group.addTask {
                        // More than one look of the stream's later, whichever that is.
                        for _ in 0..<20 { _ = try await wallet.place(ben, wallet.request("buy", quantity: "1")) }
                        _ = try await wallet.cancel(ana, waiting.id)
                        return nil
                    }
                    var found: WalletOrder?
                    for try await order in group { found = found ?? order }
                    return found
                }
                #expect(first?.id == waiting.id && first?.state == .cancelled)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func booksAreAuditedByRPC() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "1"))
                let request = WalletAuditBooksRequest()
                let clean = try await wallet.client.auditBooks(request, wallet.context(nil))
                #expect(clean.findings.isEmpty && clean.stuckOrders.isEmpty)
                try await wallet.database.execute("UPDATE positions SET cost = 1")
                let wrong = try await wallet.client.auditBooks(request, wallet.context(nil))
                #expect(wrong.findings.map(\.subject) == ["position \(ana) AAPL"])
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aWalletIsMadeOnce() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                var request = WalletCreateWalletRequest()
                request.userID = ana
                let first = try await wallet.client.createWallet(request, wallet.context(nil)).walletID
                let second = try await wallet.client.createWallet(request, wallet.context(nil)).walletID
                #expect(first == second)
                #expect(try await wallet.wallet(ana).walletID == first)
            }
        }
    }
}
