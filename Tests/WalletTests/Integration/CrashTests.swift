import Contracts
import Observe
import Postgres
import RPC
import Reactor
import Testing

@testable import ProfileService
@testable import WalletService

extension IntegrationTests {
    /// A process that dies at a line: whatever the line, recovery finishes or undoes the trade, and asking again with
    /// the same key gives what became of it.
    @Suite
    struct CrashTests {
        @Test(.timeLimit(.minutes(1)), arguments: FaultPoint.ofPlacing, ["buy", "sell"])
        func diesBetweenSteps(_ point: FaultPoint, _ side: String) async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                wallet.dies = point
                var died = false
                do {
                    _ = try await wallet.place(ana, wallet.request(side, quantity: "2"), key: "k")
                } catch {
                    died = true
                }
                // A sale asks nobody for cash before it.
                let isOnTheWay = side == "buy" || (point != .reserved && point != .held)
                #expect(died == isOnTheWay)
                try await wallet.recover()
                try await wallet.checkInvariants("\(point) \(side)")
                let again = try await wallet.place(ana, wallet.request(side, quantity: "2"), key: "k")
                #expect(again.state == .filled && again.filledQuantity == "2")
                #expect(try await wallet.holdings(ana)[0].quantity == (side == "buy" ? "7" : "3"))
                #expect(try await wallet.cash(ana) == (side == "buy" ? "99300.00/0.00" : "99700.00/0.00"))
                try await wallet.checkInvariants("\(point) \(side)")
            }
        }

        /// The client is faster than the recovery.
        @Test(.timeLimit(.minutes(1)), arguments: FaultPoint.ofPlacing)
        func theClientAsksAgainAtOnce(_ point: FaultPoint) async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                wallet.dies = point
                _ = try? await wallet.place(ana, wallet.request("buy", quantity: "2"), key: "k")
                let again = try await wallet.place(ana, wallet.request("buy", quantity: "2"), key: "k")
                #expect(again.state == .filled)
                #expect(try await wallet.cash(ana) == "99800.00/0.00")
                try await wallet.checkInvariants("\(point)")
            }
        }

        @Test(
            .timeLimit(.minutes(1)),
            arguments: ["hold", "capture", "credit"],
            [ProfileProxy.Fate.lost, .unanswered, .doubled]
        )
        func callsAreLostAndDoubled(_ method: String, _ fate: ProfileProxy.Fate) async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                wallet.proxy.plan(method, [fate, fate])
                let bought = try await wallet.place(ana, wallet.request("buy", quantity: "4"), key: "b")
                try await wallet.recover()
                #expect(try await wallet.order(ana, bought.id).state == .filled)
                let sold = try await wallet.place(ana, wallet.request("sell", quantity: "3"), key: "s")
                try await wallet.recover()
                #expect(try await wallet.order(ana, sold.id).state == .filled)
                #expect(try await wallet.cash(ana) == "99900.00/0.00")
                try await wallet.checkInvariants("\(method) \(fate)")
            }
        }

        /// What could not be executed for too long is undone, whether its cash was kept or not.
        @Test(.timeLimit(.minutes(1)), arguments: [FaultPoint.placed, .reserved])
        func whatTakesTooLongIsUndone(_ point: FaultPoint) async throws {
            var times = WalletFixture.quick
            times.patience = .zero
            try await WalletFixture.with(times: times) { wallet in
                let ana = try await wallet.makeClient()
                if point == .reserved {
                    // The cash was kept by a process that died.
                    wallet.proxy.plan("release", [.lost, .unanswered])
                }
                let late = await refusal {
                    _ = try await wallet.place(ana, wallet.request("buy", quantity: "4"), key: "k")
                }
                #expect(late?.reason == "timed-out")
                try await wallet.recover()
                #expect(try await wallet.cash(ana) == "100000.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// Limit orders die in the matching loop, which a brokerage that keeps orders does without.
        @Test(.paperOnly, .timeLimit(.minutes(1)), arguments: [FaultPoint.held, .executed, .booked, .settled, .done])
        func matchingDies(_ point: FaultPoint) async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                let order = try await wallet.place(ana, wallet.request("buy", quantity: "2", limit: "90", tif: "gtc"))
                wallet.market.set { $0.prices["AAPL"] = "89.99" }
                wallet.dies = point
                try await wallet.match()
                #expect(wallet.dies == nil)
                try await wallet.recover()
                let filled = try await wallet.order(ana, order.id)
                #expect(filled.state == .filled && filled.averagePrice.amount == "89.9900")
                #expect(try await wallet.cash(ana) == "99820.02/0.00")
                try await wallet.checkInvariants("\(point)")
            }
        }

        /// C13: dies while an order is taken back.
        @Test(.paperOnly, .timeLimit(.minutes(1)), arguments: [FaultPoint.cancelling, .cancelled], ["buy", "sell"])
        func cancellingDies(_ point: FaultPoint, _ side: String) async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "5"))
                let limit = side == "buy" ? "50" : "200"
                let order = try await wallet.place(ana, wallet.request(side, quantity: "2", limit: limit, tif: "gtc"))
                wallet.dies = point
                await #expect(throws: (any Error).self) { _ = try await wallet.cancel(ana, order.id) }
                try await wallet.recover()
                #expect(try await wallet.order(ana, order.id).state == (point == .cancelling ? .open : .cancelled))
                #expect(try await wallet.cancel(ana, order.id).state == .cancelled)
                #expect(try await wallet.cash(ana) == "99500.00/0.00")
                #expect(try await wallet.holdings(ana)[0].held == "0")
                try await wallet.checkInvariants("\(point) \(side)")
            }
        }

        /// C12: dies while an order's day ends.
        @Test(.paperOnly, .timeLimit(.minutes(1)), arguments: [FaultPoint.expiring, .expired])
        func expiringDies(_ point: FaultPoint) async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                let order = try await wallet.place(ana, wallet.request("buy", quantity: "1", limit: "40", tif: "day"))
                try await wallet.database.execute("UPDATE orders SET expires_at = now()")
                wallet.dies = point
                for _ in 0..<200 where wallet.dies != nil {
                    try await wallet.plugin.loops.match()
                    try await EventLoop.current?.sleep(for: .milliseconds(5))
                }
                #expect(wallet.dies == nil)
                var state = WalletOrderState.open
                for _ in 0..<200 where state == .open {
                    try await wallet.plugin.loops.match()
                    state = try await wallet.order(ana, order.id).state
                    try await EventLoop.current?.sleep(for: .milliseconds(5))
                }
                try await wallet.recover()
                #expect(state == .expired)
                #expect(try await wallet.cash(ana) == "100000.00/0.00")
                try await wallet.checkInvariants("\(point)")
            }
        }

        /// C14: who took what a crash left dies too.
        @Test(.timeLimit(.minutes(1)))
        func recoveringDies() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                wallet.dies = .reserved
                _ = try? await wallet.place(ana, wallet.request("buy", quantity: "1"))
                wallet.dies = .taken
                for _ in 0..<200 where wallet.dies != nil {
                    try? await wallet.plugin.loops.recover()
                    try await EventLoop.current?.sleep(for: .milliseconds(5))
                }
                #expect(wallet.dies == nil)
                try await wallet.recover()
                #expect(try await wallet.cash(ana) == "99900.00/0.00")
                try await wallet.checkInvariants()
            }
        }

        /// C14: of two recoveries at once, one finishes each order.
        @Test(.timeLimit(.minutes(1)))
        func twoRecoverers() async throws {
            try await WalletFixture.with { one in
                try await WalletFixture.with(beside: one) { two in
                    let ana = try await one.makeClient()
                    // Before an order is stored there is nothing to recover.
                    let points = FaultPoint.ofPlacing.filter { $0 != .received && $0 != .checked }
                    for point in points {
                        one.dies = point
                        _ = try? await one.place(ana, one.request("buy", quantity: "1"))
                    }
                    try await withThrowingTaskGroup { group in
                        for wallet in [one, two, one, two] {
                            group.addTask { try await wallet.plugin.loops.recover() }
                        }
                        try await group.waitForAll()
                    }
                    try await one.recover()
                    let count = points.count
                    #expect(try await one.holdings(ana)[0].quantity == "\(count)")
                    #expect(try await one.cash(ana) == "\(100_000 - 100 * count).00/0.00")
                    try await one.checkInvariants()
                }
            }
        }

        /// An order that cannot be finished is counted and listed.
        @Test(.timeLimit(.minutes(1)))
        func stuckOrdersAreSeen() async throws {
            var times = WalletFixture.quick
            times.stuckAfter = 1
            try await WalletFixture.with(times: times) { wallet in
                let ana = try await wallet.makeClient()
                wallet.proxy.plan("capture", Array(repeating: .lost, count: 20))
                let order = try await wallet.place(ana, wallet.request("buy", quantity: "1"))
                #expect(order.state == .filled)
                var stuck = 0.0
                for _ in 0..<100 where stuck == 0 {
                    try await wallet.pause(5)
                    try await wallet.plugin.loops.recover()
                    stuck = wallet.plugin.loops.stuck.value
                }
                #expect(stuck == 1)
                let ids = try await wallet.saga.orders.stuck(after: 1, by: nil)
                #expect(ids.map(\.description) == [order.id])
                wallet.proxy.plan("capture", [])
                try await wallet.recover()
                try await wallet.plugin.loops.recover()
                #expect(wallet.plugin.loops.stuck.value == 0)
                try await wallet.checkInvariants()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func anAuditFindsWhatIsWrong() async throws {
            try await WalletFixture.with { wallet in
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "3"))
                try await wallet.checkInvariants()
                let audit = WalletAudit(database: wallet.database, profile: wallet.saga.profile)
                try await wallet.database.execute("UPDATE positions SET available = 4")
                #expect(try await audit.run(wallet.context(nil)).count == 1)
                try await wallet.database.execute("UPDATE positions SET available = 3, held = 1")
                #expect(try await audit.run(wallet.context(nil)).count == 2)
                try await wallet.database.execute("UPDATE positions SET held = 0")
                let cash = wallet.profile.database
                try await cash.execute("UPDATE transfers SET amount = amount + 1 WHERE kind = 'capture'")
                #expect(try await audit.run(wallet.context(nil)).count == 1)
                try await cash.execute("UPDATE transfers SET amount = amount - 1 WHERE kind = 'capture'")
                try await cash.execute(
                    """
                    INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                    SELECT 'credit', 'stray', client, currency, 1, 'market', 'available' FROM transfers LIMIT 1
                    """
                )
                let strays = try await audit.run(wallet.context(nil)).map(\.subject)
                #expect(strays == ["entry stray"])
                // The ledger itself cannot be rewritten.
                await #expect(throws: PostgresError.self) {
                    try await wallet.database.execute("DELETE FROM share_transfers")
                }
            }
        }
    }
}
