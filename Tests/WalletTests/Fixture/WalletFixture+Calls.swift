import Contracts
import Money
import Observe
import Postgres
import RPC
import Reactor
import Testing

@testable import ProfileService
@testable import WalletService

/// An answer to an order: a class, as it is kept in collections across tasks.
struct Answer: Sendable, Equatable {
    let id: String
    let state: WalletOrderState
    let problem: String
}

extension WalletFixture {
    /// A verified client with a balance.
    func makeClient(cash: String = "100000.00") async throws -> String {
        let id = PostgresUUID.random()
        let name = "\(id)@example.com"
        try await profile.database.withTransaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO accounts
                    (id, given_name, family_name, email, email_key, email_verified, language, wallet_id)
                VALUES (\(id), 'Ana', 'Ruiz', \(name), \(name), true, 'es', \(PostgresUUID.random()))
                """
            )
            try await transaction.execute(
                """
                INSERT INTO balances (client, currency, available, held)
                VALUES (\(id), 'USD', \(cash)::text::numeric, 0)
                """
            )
            try await transaction.execute(
                """
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                VALUES ('deposit', \(id.description), \(id), 'USD', \(cash)::text::numeric, 'funding', 'available')
                """
            )
        }
        return id.description
    }

    func context(_ client: String?, key: String? = nil, timeout: Duration = .seconds(20)) -> CallContext {
        var context = CallContext.root(timeout: timeout)
        if let client { try? context.outgoing.append(CallContext.clientMetadata, client) }
        if let key { try? context.outgoing.append("idempotency-key", key) }
        return context
    }

    func request(
        _ side: String,
        _ symbol: String = "AAPL",
        quantity: String = "",
        amount: String = "",
        limit: String = "",
        tif: String = ""
    ) -> WalletOrderRequest {
        var request = WalletOrderRequest()
        request.symbol = symbol
        request.side = side
        request.type = limit.isEmpty ? "market" : "limit"
        request.quantity = quantity
        request.amount = amount
        request.limitPrice = limit
        request.timeInForce = tif
        return request
    }

    func place(_ client: String, _ request: WalletOrderRequest, key: String? = nil) async throws -> WalletOrder {
        let key = key ?? PostgresUUID.random().description
        return try await self.client.placeOrder(request, context(client, key: key))
    }

    func cancel(_ client: String, _ id: String) async throws -> WalletOrder {
        var request = WalletCancelOrderRequest()
        request.id = id
        return try await self.client.cancelOrder(request, context(client))
    }

    func order(_ client: String, _ id: String) async throws -> WalletOrder {
        var request = WalletGetOrderRequest()
        request.id = id
        return try await self.client.getOrder(request, context(client))
    }

    func wallet(_ client: String) async throws -> WalletSummary {
        try await self.client.getWallet(WalletGetWalletRequest(), context(client))
    }

    func holdings(_ client: String) async throws -> [WalletHolding] {
        try await self.client.listHoldings(WalletListHoldingsRequest(), context(client)).items
    }

    /// "available/held" of the client's dollars.
    func cash(_ client: String) async throws -> String {
        let wallet = try await wallet(client)
        return "\(wallet.cash.amount)/\(wallet.held.amount)"
    }

    /// Runs recoveries until nothing is left to be done; fails if it takes too many.
    func recover() async throws {
        for _ in 0..<200 {
            try await plugin.loops.recover()
            let rows = try await database.query(
                """
                SELECT count(*) FROM orders WHERE state = 'accepted' OR (state = 'executing' AND brokerage IS NULL)
                    OR settlement = 'owed' OR (state IN ('held', 'executing') AND type = 'market')
                """
            )
            if try rows[0].value(at: 0, as: Int.self) == 0 { return }
            try await loops.next().run { try await EventLoop.current?.sleep(for: .milliseconds(25)) }
        }
        Issue.record("recovery left something")
    }

    /// DESIGN §6: the audit is clean, profile's books add up, and cash is held for open purchases alone.
    func checkInvariants(_ comment: Comment? = nil) async throws {
        let findings = try await WalletAudit(database: database, profile: saga.profile).run(context(nil))
        #expect(findings == [], comment)
        let rows = try await profile.database.query(
            """
            SELECT
                (SELECT COALESCE(sum(amount), 0)::bigint FROM postings),
                (SELECT count(*) FROM balances b WHERE available <> (
                    SELECT COALESCE(sum(amount), 0) FROM postings p
                    WHERE p.client = b.client AND p.currency = b.currency AND account = 'available')),
                (SELECT count(*) FROM balances b WHERE held <> (
                    SELECT COALESCE(sum(amount), 0) FROM postings p
                    WHERE p.client = b.client AND p.currency = b.currency AND account = 'held')),
                (SELECT count(*) FROM balances WHERE available < 0 OR held < 0)
            """
        )
        for column in 0...3 {
            let value = try rows[0].value(at: column, as: Int.self)
            #expect(value == 0, comment)
        }
        let holds = try await profile.database.query("SELECT hold_id FROM holds WHERE state = 'held'").decode(
            String.self
        )
        let open = try await database.query(
            "SELECT id::text FROM orders WHERE side = 'buy' AND state IN ('held', 'executing')"
        ).decode(String.self)
        #expect(Set(holds) == Set(open), comment)
    }
}
