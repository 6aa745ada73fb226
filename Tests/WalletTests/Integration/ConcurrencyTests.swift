import Contracts
import Foundation
import Postgres
import RPC
import TestServers
import Testing

@testable import WalletService

extension IntegrationTests {
    @Suite
    struct ConcurrencyTests {
        @Test(.timeLimit(.minutes(1)))
        func aHundredParallelSalesNeverOversell() async throws {
            try await WalletFixture.with(loops: 2) { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                let outcomes = await withTaskGroup(of: String.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            let error = await refusal {
                                _ = try await wallet.place(ana, wallet.request("sell", quantity: "3"))
                            }
                            return error?.reason ?? error?.description ?? "sold"
                        }
                    }
                    return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(outcomes == ["sold": 3, "insufficient-shares": 97])
                #expect(try await wallet.holdings(ana)[0].quantity == "1")
                #expect(try await wallet.cash(ana) == "99900.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func ofTwoHundredPurchasesThatCoverOneExactlyOneWins() async throws {
            try await WalletFixture.with(loops: 2) { wallet in
                let ana = try await wallet.makeClient(cash: "150.00")
                let outcomes = await withTaskGroup(of: String.self) { group in
                    for _ in 0..<200 {
                        group.addTask {
                            let error = await refusal {
                                _ = try await wallet.place(ana, wallet.request("buy", quantity: "1"))
                            }
                            return error?.reason ?? error?.description ?? "bought"
                        }
                    }
                    return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(outcomes == ["bought": 1, "insufficient-funds": 199])
                #expect(try await wallet.cash(ana) == "50.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// `LONJA_CHAOS_SEEDS=40` plays as many games, for a longer run by hand.
        static let seeds: [UInt64] = {
            let count = ProcessInfo.processInfo.environment["LONJA_CHAOS_SEEDS"].flatMap(UInt64.init) ?? 2
            return Array(1...max(1, count))
        }()

        /// Several clients trade at random on two replicas while their loops run, processes die and calls are lost.
        @Test(.timeLimit(.minutes(5)), arguments: seeds)
        func randomTradesUnderFaults(_ seed: UInt64) async throws {
            var times = WalletFixture.quick
            // A broker with a price of its own does not execute every order at the market's price: such end soon.
            if WalletFixture.Broker.usual == .alpaca { times.patience = .seconds(1) }
            let limits = times
            try await WalletFixture.with(loops: 2, times: limits) { one in
                try await WalletFixture.with(times: limits, beside: one) { two in
                    var clients: [String] = []
                    for _ in 0..<4 { clients.append(try await one.makeClient(cash: "2000.00")) }
                    let trading = clients
                    await withTaskGroup { group in
                        group.addTask {
                            await withTaskGroup { loops in
                                for wallet in [one, two] { loops.addTask { await wallet.plugin.loops.run() } }
                                await Self.trade(trading, [one, two], seed)
                                loops.cancelAll()
                            }
                        }
                    }
                    for wallet in [one, two] {
                        wallet.dies = nil
                        for method in ["hold", "capture", "credit", "release"] { wallet.proxy.plan(method, []) }
                    }
                    try await one.recover()
                    try await one.checkInvariants("seed \(seed)")
                    let incomplete = try await one.database.query(
                        """
                        SELECT count(*) FROM orders WHERE state = 'accepted' OR settlement = 'owed'
                            OR (state = 'executing' AND brokerage IS NULL)
                        """
                    )
                    #expect(try incomplete[0].value(at: 0, as: Int.self) == 0)
                    let filled = try await one.database.query("SELECT count(*) FROM fills")
                    let fills = try filled[0].value(at: 0, as: Int.self)
                    #expect(fills > 100)
                }
            }
        }

        private static func trade(_ clients: [String], _ wallets: [WalletFixture], _ seed: UInt64) async {
            await withTaskGroup { group in
                for (index, client) in clients.enumerated() {
                    group.addTask {
                        var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(index))
                        for round in 0..<120 {
                            let wallet = wallets[Int.random(in: 0..<wallets.count, using: &random)]
                            if Int.random(in: 0..<4, using: &random) == 0 {
                                let point = FaultPoint.allCases.randomElement(using: &random)
                                wallet.dies = point
                            }
                            if Int.random(in: 0..<6, using: &random) == 0 {
                                let method = ["hold", "capture", "credit", "release"].randomElement(using: &random)
                                let fate = [ProfileProxy.Fate.lost, .unanswered, .doubled].randomElement(using: &random)
                                if let method, let fate { wallet.proxy.plan(method, [fate]) }
                            }
                            let price = Int.random(in: 5_000...15_000, using: &random)
                            wallet.market.set { $0.prices["AAPL"] = "\(price / 100).\(price % 100 / 10)\(price % 10)" }
                            let side = Bool.random(using: &random) ? "buy" : "sell"
                            let quantity =
                                "\(Int.random(in: 0...2, using: &random)).\(Int.random(in: 1...9, using: &random))"
                            let isLimit = Int.random(in: 0..<4, using: &random) == 0
                            let limit = isLimit ? "\(Int.random(in: 60...140, using: &random))" : ""
                            let request = wallet.request(side, quantity: quantity, limit: limit, tif: "gtc")
                            let key = "\(round)"
                            let order = try? await wallet.place(client, request, key: key)
                            if Int.random(in: 0..<5, using: &random) == 0 {
                                _ = try? await wallet.place(client, request, key: key)
                            }
                            if let order, order.state == .open, Bool.random(using: &random) {
                                _ = try? await wallet.cancel(client, order.id)
                            }
                        }
                    }
                }
            }
        }
    }
}
