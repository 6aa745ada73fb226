import Contracts
import Money
import Postgres
import RPC
import Reactor
import TestServers
import Testing

@testable import WalletService

extension IntegrationTests {
    @Suite(.paperOnly)
    struct ResetTests {
        private static func with(_ body: @escaping @Sendable (WalletFixture, ScriptedMarket) async throws -> Void)
            async throws
        {
            let market = ScriptedMarket(
                day: try CalendarDate(parsing: "2012-03-01"),
                prices: ["AAPL": "100.00", "MSFT": "20.00"]
            )
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                try await body(wallet, market)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aNewAccountBegins() async throws {
            try await Self.with { wallet, market in
                let ana = try await wallet.makeClient(cash: "54321.00")
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                _ = try await wallet.place(ana, wallet.request("buy", "MSFT", quantity: "5"))
                _ = try await wallet.place(ana, wallet.request("sell", "MSFT", quantity: "5"))
                let buy = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "50", tif: "gtc"))
                let sell = try await wallet.place(ana, wallet.request("sell", quantity: "3", limit: "500", tif: "gtc"))
                market.set("AAPL", "90.00")
                market.nextDay()
                try await wallet.settleDay()
                #expect(try await wallet.value(ana, "max").map(\.value) == ["54221.00", "54221.00"])

                let summary = try await wallet.reset(ana, key: "again")
                #expect(summary.account == 2 && summary.cash.amount == "100000.00" && summary.held.amount == "0.00")
                #expect(summary.value.amount == "100000.00" && summary.profit.amount == "0.00")
                #expect(try await wallet.holdings(ana).isEmpty)
                for order in [buy, sell] { #expect(try await wallet.order(ana, order.id).state == .cancelled) }
                // The same once more does nothing; not after another trade either.
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "2"))
                #expect(try await wallet.reset(ana, key: "again").account == 2)
                #expect(try await wallet.cash(ana) == "99820.00/0.00")

                // The old account is readable, and stays apart from the new one.
                #expect(try await wallet.history(ana).count == 1)
                #expect(try await wallet.history(ana, account: 1).count == 3)
                #expect(try await wallet.history(ana, account: 2).count == 1)
                #expect(try await wallet.history(ana, account: 3).isEmpty)
                #expect(try await wallet.activities(ana, account: 1).map(\.kind) == ["deposit"])
                #expect(try await wallet.activities(ana).map(\.kind) == ["reset"])
                #expect(try await wallet.activities(ana)[0].amount.amount == "100000.00")
                #expect(try await wallet.value(ana, "max").map(\.flow) == ["100000.00"])
                market.set("AAPL", "95.00")
                let performance = try await wallet.performance(ana, "max", "simple")
                #expect(performance.profit.amount == "10.00" && performance.rate == "0.000100")
                #expect(try await wallet.reset(ana, key: "third").account == 3)
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func anOrderOnItsWayIsWaitedFor() async throws {
            try await Self.with { wallet, _ in
                let ana = try await wallet.makeClient()
                wallet.dies = .held
                _ = await refusal { _ = try await wallet.place(ana, wallet.request("buy", quantity: "1")) }
                let early = await refusal { _ = try await wallet.reset(ana, key: "one") }
                #expect(early?.code == .failedPrecondition && early?.reason == "order-in-progress")
                try await wallet.recover()
                #expect(try await wallet.reset(ana, key: "one").account == 2)
                let nokey = await refusal {
                    _ = try await wallet.client.resetWallet(WalletResetWalletRequest(), wallet.context(ana))
                }
                #expect(nokey?.reason == "idempotency-key-missing")
                try await wallet.checkInvariants()
            }
        }

        /// Profile is away, or its answer is lost: nothing is placed meanwhile, and the recovery finishes it once.
        @Test(.timeLimit(.minutes(1)), arguments: [ProfileProxy.Fate.lost, .unanswered, .doubled])
        func aCrashInBetweenIsFinished(_ fate: ProfileProxy.Fate) async throws {
            try await Self.with { wallet, _ in
                let ana = try await wallet.makeClient(cash: "5000.00")
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "50", tif: "gtc"))
                wallet.proxy.plan("reset", [fate])
                let failed = await refusal { _ = try await wallet.reset(ana, key: "one") }
                if case .doubled = fate {
                    #expect(failed == nil)
                } else {
                    #expect(failed != nil)
                    let refused = await refusal {
                        _ = try await wallet.place(ana, wallet.request("buy", quantity: "1"))
                    }
                    #expect(refused?.code == .aborted)
                    for _ in 0..<100 where try await wallet.wallet(ana).account == 1 {
                        try await wallet.plugin.loops.actions.turn()
                        try await EventLoop.current?.sleep(for: .milliseconds(5))
                    }
                }
                #expect(try await wallet.wallet(ana).account == 2)
                #expect(try await wallet.reset(ana, key: "one").account == 2)
                #expect(try await wallet.cash(ana) == "100000.00/0.00")
                #expect(try await wallet.place(ana, wallet.request("buy", quantity: "1")).state == .filled)
                try await wallet.checkInvariants()
            }
        }

        /// Trades and resets at the same time: whatever comes first, the books are right.
        @Test(.timeLimit(.minutes(1)))
        func tradesRaceAReset() async throws {
            try await Self.with { wallet, _ in
                let ana = try await wallet.makeClient()
                for round in 0..<6 {
                    await withDiscardingTaskGroup { group in
                        for index in 0..<12 {
                            group.addTask {
                                let side = index % 3 == 0 ? "sell" : "buy"
                                _ = try? await wallet.place(ana, wallet.request(side, quantity: "1"))
                            }
                        }
                        for copy in 0..<2 {
                            group.addTask { _ = try? await wallet.reset(ana, key: "\(round)-\(copy)") }
                        }
                    }
                    try await wallet.recover()
                    _ = try? await wallet.reset(ana, key: "last-\(round)")
                }
                for _ in 0..<100 {
                    try await wallet.plugin.loops.actions.turn()
                    let rows = try await wallet.database.query("SELECT count(*) FROM resets WHERE state <> 'done'")
                    if try rows[0].value(at: 0, as: Int.self) == 0 { break }
                    try await EventLoop.current?.sleep(for: .milliseconds(5))
                }
                let summary = try await wallet.wallet(ana)
                #expect(summary.account >= 6)
                let worth = try ExactDecimal(parsing: summary.value.amount) - "100000.00"
                let profit = try ExactDecimal(parsing: summary.profit.amount)
                #expect(worth == profit)
                try await wallet.checkInvariants()
            }
        }
    }
}
