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
    struct ValueTests {
        /// Forty days of trades, splits, dividends and deposits at random: every value and every rate is what anybody
        /// finds who has the public history and the closing prices.
        @Test(.timeLimit(.minutes(2)), arguments: [UInt64(1), 2])
        func valuesFollowFromThePublicHistory(_ seed: UInt64) async throws {
            let market = ScriptedMarket(
                day: try CalendarDate(parsing: "2012-03-01"),
                prices: ["AAPL": "100.00", "MSFT": "20.00", "GOOG": "300.00"]
            )
            try await WalletFixture.with(market: market) { wallet in
                var random = SeededGenerator(seed: seed)
                let turn = { @Sendable in try await wallet.settleDay() }
                try await turn()
                let ana = try await wallet.makeClient()
                var days = [market.day.description]
                for day in 1...40 {
                    for symbol in ["AAPL", "MSFT", "GOOG"] {
                        let price = try ExactDecimal(parsing: market.price(symbol))
                        let moved = try price.multiplied(
                            by: ExactDecimal(coefficient: Int128(Int.random(in: 960...1045, using: &random)), scale: 3),
                            scale: 2,
                            rounding: .halfEven
                        )
                        market.set(symbol, moved.description)
                        let owned = try await wallet.holdings(ana).first { $0.symbol == symbol }
                        if Bool.random(using: &random) {
                            let amount = Int.random(in: 100...9000, using: &random)
                            _ = try? await wallet.place(ana, wallet.request("buy", symbol, amount: "\(amount).37"))
                        } else if let owned, Int.random(in: 0...2, using: &random) == 0 {
                            _ = try await wallet.place(ana, wallet.request("sell", symbol, quantity: owned.quantity))
                        }
                    }
                    if day == 15 { try await wallet.deposit("25000.00", to: ana) }
                    market.nextDay()
                    days.append(market.day.description)
                    if day % 9 == 4 {
                        market.split("AAPL", 3, 2)
                        let price = try ExactDecimal(parsing: market.price("AAPL"))
                        let new = try (price * 2).divided(by: 3, scale: 2, rounding: .halfEven)
                        market.set("AAPL", new.description)
                    }
                    if day % 7 == 3 { market.dividend("MSFT", "0.21") }
                    try await turn()
                }
                let activities = try await wallet.activities(ana)
                #expect(activities.filter { $0.kind == "deposit" }.map(\.amount.amount) == ["25000.00", "100000.00"])
                let history = PublicHistory(
                    trades: try await wallet.history(ana),
                    activities: activities,
                    days: days
                ) { symbol, day in Double(market.closes(symbol)[day] ?? market.price(symbol)) ?? 0 }
                for (range, count) in [("1d", 1), ("1w", 5), ("1m", 21), ("3m", 63), ("max", 10_000)] {
                    let points = try await wallet.value(ana, range)
                    #expect(points.map(\.date) == Array(history.days.suffix(count + 1)))
                    for (point, value) in zip(points, history.values.suffix(count + 1)) {
                        let given = try #require(Double(point.value))
                        #expect(abs(given - value) < 0.005, "\(point.date) of \(range), seed \(seed)")
                    }
                    #expect(points.allSatisfy { !$0.estimated })
                    let rates = [
                        ("simple", history.simple(count)), ("twr", history.timeWeighted(count)),
                        ("mwr", history.moneyWeighted(count)),
                    ]
                    for (method, rate) in rates {
                        let given = try await wallet.performance(ana, range, method)
                        let shown = try #require(Double(given.rate))
                        #expect(abs(shown - rate) <= 0.000_000_6, "\(method) of \(range), seed \(seed)")
                    }
                }
                // What is earned is what is worth more than what was put in.
                let summary = try await wallet.wallet(ana)
                let worth = try ExactDecimal(parsing: summary.value.amount) - "125000.00"
                let profit = try ExactDecimal(parsing: summary.profit.amount)
                #expect(worth == profit)
                try await wallet.checkInvariants()
            }
        }

        /// A value, once a day is over, never changes, and a look at all of them is a look at what is stored.
        @Test(.timeLimit(.minutes(1)))
        func aDayThatIsOverIsStored() async throws {
            let market = ScriptedMarket(day: try CalendarDate(parsing: "2012-03-01"), prices: ["AAPL": "100.00"])
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                let ana = try await wallet.makeClient()
                _ = try await wallet.place(ana, wallet.request("buy", quantity: "10"))
                for price in ["101.00", "99.00", "104.00"] {
                    market.set("AAPL", price)
                    market.nextDay()
                    try await wallet.settleDay()
                }
                let before = try await wallet.value(ana, "max")
                #expect(before.map(\.value) == ["100010.00", "99990.00", "100040.00", "100040.00"])
                // As if it had been yesterday.
                try await wallet.database.execute(
                    "UPDATE market_days SET since = since - interval '1 day' WHERE ordinal > 1"
                )
                for table in ["share_transfers", "activities"] {
                    try await wallet.database.execute("ALTER TABLE \(identifier: table) DISABLE TRIGGER only_added")
                    try await wallet.database.execute(
                        "UPDATE \(identifier: table) SET booked_at = booked_at - interval '2 days'"
                    )
                }
                #expect(try await wallet.value(ana, "max") == before)
                let stored = try await wallet.database.query("SELECT count(*) FROM day_values")
                #expect(try stored[0].value(at: 0, as: Int.self) == 3)
                // What was read from is gone; the days stand.
                try await wallet.database.execute("DELETE FROM day_closes")
                #expect(try await wallet.value(ana, "max") == before)
                #expect(try await wallet.value(ana, "1d") == Array(before.suffix(2)))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func nobodyHasNothing() async throws {
            let market = ScriptedMarket(day: try CalendarDate(parsing: "2012-03-01"), prices: [:])
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.settleDay()
                let ben = try await wallet.makeClient(cash: "0.01")
                let summary = try await wallet.wallet(ben)
                #expect(summary.value.amount == "0.01" && summary.profit.amount == "0.00" && summary.account == 1)
                for method in ["simple", "twr", "mwr"] {
                    #expect(try await wallet.performance(ben, "1y", method).rate == "0.000000")
                }
                let wrong = await refusal { _ = try await wallet.performance(ben, "1y", "luck") }
                #expect(wrong?.code == .invalidArgument)
                let range = await refusal { _ = try await wallet.value(ben, "2y") }
                #expect(range?.code == .invalidArgument)
            }
        }
    }
}
