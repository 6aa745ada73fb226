import Contracts
import Money
import Observe
import Postgres
import RPC
import TestServers
import Testing

@testable import WalletService

extension IntegrationTests {
    /// What a look at a portfolio costs, and what it grows with.
    @Suite(.paperOnly)
    struct ValuationSpeedTests {
        /// A client who has traded that often, with that many companies at the end: written as the saga would.
        private static func trader(_ wallet: WalletFixture, trades: Int, holdings: Int) async throws -> String {
            let client = try await wallet.makeClient()
            try await wallet.database.withTransaction { transaction in
                try await transaction.execute(
                    """
                    CREATE TEMP TABLE made (id uuid, symbol text, n integer) ON COMMIT DROP
                    """
                )
                try await transaction.execute(
                    """
                    INSERT INTO made SELECT gen_random_uuid(), 'S' || (n % \(holdings)), n
                    FROM generate_series(1, \(trades)) AS n
                    """
                )
                try await transaction.execute(
                    """
                    INSERT INTO orders (id, client, idempotency_key, fingerprint, symbol, side, type, time_in_force,
                        asked_quantity, quantity, currency, reserve, state, settlement, version, attend_at)
                    SELECT id, \(client), id::text, '', symbol, 'buy', 'market', 'day', 1, 1, 'USD', 1, 'filled', 'done',
                        1, now() FROM made
                    """
                )
                try await transaction.execute(
                    """
                    INSERT INTO fills (order_id, client, symbol, side, currency, quantity, price, fee, total, explanation,
                        executed_at)
                    SELECT id, \(client), symbol, 'buy', 'USD', 1, 1, 0, 1, '', now() FROM made
                    """
                )
                try await transaction.execute(
                    """
                    INSERT INTO share_transfers (kind, order_id, client, symbol, quantity, source, target, booked_at)
                    SELECT 'buy', id, \(client), symbol, 1, 'market', 'available', d.since + interval '1 second'
                    FROM made JOIN market_days d ON d.ordinal = 1 + n % (SELECT max(ordinal) FROM market_days)
                    """
                )
                try await transaction.execute(
                    """
                    INSERT INTO positions (client, symbol, currency, available, held, cost, realised)
                    SELECT \(client), symbol, 'USD', count(*), 0, count(*), 0 FROM made GROUP BY symbol
                    """
                )
            }
            return client
        }

        /// The median of some calls, in milliseconds.
        private static func median(_ times: Int, _ body: () async throws -> Void) async throws -> Double {
            try await body()
            var found: [Duration] = []
            for _ in 0..<times {
                let start = ContinuousClock.now
                try await body()
                found.append(ContinuousClock.now - start)
            }
            return found.sorted()[times / 2] / .milliseconds(1)
        }

        @Test(.timeLimit(.minutes(2)))
        func costGrowsWithHoldingsAlone() async throws {
            var prices: [String: String] = [:]
            for index in 0..<200 { prices["S\(index)"] = "2.00" }
            let market = ScriptedMarket(day: try CalendarDate(parsing: "2012-01-02"), prices: prices)
            try await WalletFixture.with(market: market) { wallet in
                try await wallet.database.execute(
                    """
                    INSERT INTO market_days (ordinal, day, since)
                    SELECT n, date '2011-01-03' + n, now() - make_interval(days => 300 - n)
                    FROM generate_series(1, 252) AS n
                    """
                )
                try await wallet.settleDay()
                let few = try await Self.trader(wallet, trades: 100, holdings: 20)
                let many = try await Self.trader(wallet, trades: 10_000, holdings: 20)
                let wide = try await Self.trader(wallet, trades: 10_000, holdings: 200)
                try await wallet.database.execute("ANALYZE")
                let worth = try await wallet.wallet(many)
                #expect(worth.holdings.amount == "20000.00" && worth.unrealised.amount == "10000.00")
                let times = (
                    few: try await Self.median(25) { _ = try await wallet.wallet(few) },
                    many: try await Self.median(25) { _ = try await wallet.wallet(many) },
                    wide: try await Self.median(25) { _ = try await wallet.wallet(wide) }
                )
                let first = ContinuousClock.now
                _ = try await wallet.value(many, "max")
                let fold = (ContinuousClock.now - first) / .milliseconds(1)
                let again = try await Self.median(25) { _ = try await wallet.value(many, "1y") }
                print(
                    """
                    valuation, debug build, medians in ms: 100 trades of 20 companies \(times.few), \
                    10000 of 20 \(times.many), 10000 of 200 \(times.wide); \
                    252 days from 10000 trades \(fold), again \(again)
                    """
                )
                // Wide, as this is no place to measure; a hundred times as many trades that were read would not fit.
                #expect(times.many < times.few * 3 + 5)
            }
        }
    }
}
