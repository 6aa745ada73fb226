import Contracts
import Postgres
import RPC
import Reactor

@testable import ProfileService
@testable import WalletService

extension WalletFixture {
    /// Turns until everything of the day is booked.
    func settleDay() async throws {
        for _ in 0..<100 {
            try await plugin.loops.actions.turn()
            let rows = try await database.query(
                """
                SELECT (SELECT count(*) FROM day_symbols WHERE NOT done OR NOT priced)
                    + (SELECT count(*) FROM action_clients WHERE NOT done)
                    + (SELECT count(*) FROM credits WHERE NOT done)
                """
            )
            if try rows[0].value(at: 0, as: Int.self) == 0 {
                try await plugin.loops.actions.watch.refresh(context(nil))
                return
            }
            try await EventLoop.current?.sleep(for: .milliseconds(5))
        }
    }

    /// Cash that comes from outside, as profile books it.
    func deposit(_ cash: String, to client: String) async throws {
        let id = PostgresUUID(parsing: client)
        try await profile.database.withTransaction { transaction in
            try await transaction.execute(
                "UPDATE balances SET available = available + \(cash)::text::numeric WHERE client = \(id)"
            )
            try await transaction.execute(
                """
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                VALUES ('deposit', \(PostgresUUID.random().description), \(id), 'USD', \(cash)::text::numeric,
                    'funding', 'available')
                """
            )
        }
    }

    func activities(_ client: String, account: Int32 = 0) async throws -> [WalletActivity] {
        var request = WalletListActivitiesRequest()
        request.limit = 7
        request.account = account
        var items: [WalletActivity] = []
        repeat {
            let page = try await self.client.listActivities(request, context(client))
            items += page.items
            request.cursor = page.nextCursor
        } while !request.cursor.isEmpty
        return items
    }

    func history(_ client: String, account: Int32 = 0) async throws -> [WalletTrade] {
        var request = WalletListHistoryRequest()
        request.limit = 7
        request.account = account
        var items: [WalletTrade] = []
        repeat {
            let page = try await self.client.listHistory(request, context(client))
            items += page.items
            request.cursor = page.nextCursor
        } while !request.cursor.isEmpty
        return items
    }

    /// What became of an order.
    func events(_ client: String, _ id: String) async throws -> [String] {
        var request = WalletGetOrderRequest()
        request.id = id
        return try await self.client.getOrderHistory(request, context(client)).items.map(\.what)
    }

    func value(_ client: String, _ range: String) async throws -> [WalletValuePoint] {
        var request = WalletGetValueRequest()
        request.range = range
        return try await self.client.getValue(request, context(client)).items
    }

    func performance(_ client: String, _ range: String, _ method: String) async throws -> WalletPerformance {
        var request = WalletGetPerformanceRequest()
        request.range = range
        request.method = method
        return try await self.client.getPerformance(request, context(client))
    }

    func reset(_ client: String, key: String) async throws -> WalletSummary {
        try await self.client.resetWallet(WalletResetWalletRequest(), context(client, key: key))
    }
}
