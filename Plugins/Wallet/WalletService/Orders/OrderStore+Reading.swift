import Money
import Observe
import Plugin
import Postgres
import Reactor

extension OrderStore {
    private static let selecting = "SELECT \(Order.columns) FROM orders o LEFT JOIN fills f ON f.order_id = o.id "

    /// The order of a client's key, and what was asked for under it.
    func find(
        _ client: String,
        key: String,
        by deadline: MonotonicTime?
    ) async throws -> (order: Order, fingerprint: String)? {
        let rows = try await database.query(
            """
            SELECT \(unsafeSQL: Order.columns), o.fingerprint FROM orders o LEFT JOIN fills f ON f.order_id = o.id
            WHERE o.client = \(client) AND o.idempotency_key = \(key)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.first.map { (try Order($0), try $0.value("fingerprint")) }
    }

    /// An order; of this client, if one is named.
    func find(_ id: PostgresUUID, of client: String? = nil, by deadline: MonotonicTime?) async throws -> Order? {
        let rows = try await database.query(
            """
            \(unsafeSQL: Self.selecting) WHERE o.id = \(id) AND (\(client)::text IS NULL OR o.client = \(client))
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.first.map { try Order($0) }
    }

    /// Orders of a client, newest first.
    /// - Parameters:
    ///   - states: those wanted, by name; all when empty.
    ///   - type: of those that are held; both when nil.
    func list(
        _ client: String,
        states: [String],
        before number: Int64,
        limit: Int,
        by deadline: MonotonicTime?
    ) async throws -> [Order] {
        let rows = try await database.query(
            """
            \(unsafeSQL: Self.selecting)
            WHERE o.client = \(client) AND o.number < \(number)
                AND (cardinality(\(states)::text[]) = 0 OR o.state || '-' || o.type = ANY (\(states)::text[]))
            ORDER BY o.number DESC LIMIT \(limit)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Order($0) }
    }

    /// How many orders `changed` gives at the most.
    static let changesPage = 500

    /// Orders of a client that changed since a time, in the order in which they did, one page of them.
    /// - Parameter last: where the page before ended; nil for the first.
    func changed(
        _ client: String,
        after last: Order? = nil,
        since start: WallTime,
        by deadline: MonotonicTime?
    ) async throws -> [Order] {
        let rows = try await database.query(
            """
            \(unsafeSQL: Self.selecting)
            WHERE o.client = \(client)
                AND (o.updated_at, o.number) > (\(last?.updatedAt ?? start), \(last?.number ?? 0))
            ORDER BY o.updated_at, o.number LIMIT \(Self.changesPage)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Order($0) }
    }

    /// Takes orders that somebody has left unfinished. Of several replicas exactly one gets each: the others skip
    /// what is locked, and then it is not due before the lease ends, which grows with every attempt up to four times.
    func takeUnfinished(most: Int, by deadline: MonotonicTime?) async throws -> [Order] {
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT id FROM orders
                WHERE (state IN ('accepted', 'executing') OR settlement = 'owed'
                    OR (state = 'held' AND type = 'market')) AND attend_at <= now()
                ORDER BY attend_at LIMIT \(most) FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE orders o SET attempts = o.attempts + 1,
                    attend_at = now() + make_interval(secs => \(leaseSeconds) * 2 ^ least(o.attempts, 2))
                FROM due WHERE o.id = due.id RETURNING o.*
            )
            SELECT \(unsafeSQL: Order.columns) FROM taken o LEFT JOIN fills f ON f.order_id = o.id
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Order($0) }
    }

    /// Takes waiting orders whose day is over, as `takeUnfinished` does.
    func takeExpired(most: Int, by deadline: MonotonicTime?) async throws -> [Order] {
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT id FROM orders
                WHERE state = 'held' AND type = 'limit' AND expires_at <= now() AND attend_at <= now()
                ORDER BY expires_at LIMIT \(most) FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE orders o SET attend_at = now() + make_interval(secs => \(leaseSeconds))
                FROM due WHERE o.id = due.id RETURNING o.*
            )
            SELECT \(unsafeSQL: Order.columns) FROM taken o LEFT JOIN fills f ON f.order_id = o.id
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Order($0) }
    }

    /// Takes limit orders that wait here, as `takeUnfinished` does, for a brokerage that keeps orders.
    func takeHeld(most: Int, by deadline: MonotonicTime?) async throws -> [Order] {
        let rows = try await database.query(
            """
            WITH due AS (
                SELECT id FROM orders
                WHERE state = 'held' AND type = 'limit' AND (expires_at IS NULL OR expires_at > now())
                    AND attend_at <= now()
                ORDER BY number LIMIT \(most) FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE orders o SET attend_at = now() + make_interval(secs => \(leaseSeconds))
                FROM due WHERE o.id = due.id RETURNING o.*
            )
            SELECT \(unsafeSQL: Order.columns) FROM taken o LEFT JOIN fills f ON f.order_id = o.id
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Order($0) }
    }

    /// Leaves an order to the brokerage that keeps it for a time. Nobody has failed: it is not stuck.
    func leave(_ order: Order, for time: Duration, by deadline: MonotonicTime?) async throws {
        let seconds = Double(time.wholeNanoseconds) / 1_000_000_000
        try await database.execute(
            """
            UPDATE orders SET attend_at = now() + make_interval(secs => \(seconds)), attempts = 0
            WHERE id = \(order.id) AND version = \(Int32(order.progress.version))
            """,
            PostgresCall(deadline: deadline)
        )
    }

    /// The companies that limit orders wait for.
    func waitingSymbols(by deadline: MonotonicTime?) async throws -> [String] {
        let rows = try await database.query(
            "SELECT DISTINCT symbol FROM orders WHERE state = 'held' AND type = 'limit' ORDER BY symbol",
            PostgresCall(deadline: deadline)
        )
        return try rows.decode(String.self)
    }

    /// The waiting orders whose limit a price reaches, oldest first.
    func waiting(
        _ symbol: String,
        at price: BrokerageQuote,
        most: Int,
        by deadline: MonotonicTime?
    ) async throws -> [Order] {
        let rows = try await database.query(
            """
            \(unsafeSQL: Self.selecting)
            WHERE o.state = 'held' AND o.type = 'limit' AND o.symbol = \(symbol)
                AND ((o.side = 'buy' AND o.limit_price >= \(price.price))
                    OR (o.side = 'sell' AND o.limit_price <= \(price.price)))
                AND (o.expires_at IS NULL OR o.expires_at > now())
            ORDER BY o.number LIMIT \(most)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map { try Order($0) }
    }

    /// Orders that several attempts have not finished: their ids, oldest first.
    func stuck(after attempts: Int, by deadline: MonotonicTime?) async throws -> [PostgresUUID] {
        let rows = try await database.query(
            """
            SELECT id FROM orders
            WHERE (state IN ('accepted', 'executing') OR settlement = 'owed' OR (state = 'held' AND type = 'market'))
                AND attempts >= \(attempts)
            ORDER BY number LIMIT 1000
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.decode(PostgresUUID.self)
    }
}
