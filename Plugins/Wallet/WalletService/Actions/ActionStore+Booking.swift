import Money
import Observe
import Postgres
import Reactor

extension ActionStore {
    /// Books a split or a dividend for a client, as one transaction, once.
    ///
    /// Orders that are on their way are waited for: their prices are of before, and so are their shares (a purchase that
    /// is being executed as the split comes is a purchase of old shares). Nothing of the client's can be placed at new
    /// prices meanwhile: see `DayGate`.
    /// - Returns: false if it must wait.
    func book(_ task: Task, by deadline: MonotonicTime?) async throws -> Bool {
        let (event, client) = (task.event, task.client)
        return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            // Not while the account is being reset: see `ResetStore.close`.
            try await transaction.execute(
                "SELECT pg_advisory_xact_lock_shared(hashtext('lonja-client'), hashtext(\(client)))"
            )
            let found = try await transaction.query(
                """
                SELECT available, held, cost, realised FROM positions
                WHERE client = \(client) AND symbol = \(event.symbol) FOR UPDATE
                """
            )
            let open = try await transaction.query(
                """
                SELECT done, (SELECT count(*) FROM orders WHERE client = \(client) AND symbol = \(event.symbol)
                    AND (state IN ('accepted', 'executing') OR (state = 'held' AND type = 'market')))
                    + (SELECT count(*) FROM resets WHERE client = \(client) AND state = 'funding')
                FROM action_clients WHERE action_id = \(event.id) AND client = \(client) FOR UPDATE
                """
            )
            guard let row = open.first, try !row.value(at: 0, as: Bool.self) else { return true }
            guard try row.value(at: 1, as: Int.self) == 0 else { return false }
            var queries: [PostgresQuery]
            switch event.kind {
            case .split(let ratio):
                let orders = try await Self.waiting(client, event.symbol, ratio, transaction)
                queries = try Self.splitting(event, client, ratio, found.first, orders)
            case .dividend(let cash): queries = try Self.paying(event, client, cash, found.first)
            }
            queries.append(
                """
                UPDATE action_clients SET done = true WHERE action_id = \(event.id) AND client = \(client)
                """
            )
            _ = try await transaction.batch(queries)
            return true
        }
    }

    /// The waiting limit orders, locked.
    private static func waiting(
        _ client: String,
        _ symbol: String,
        _ ratio: ShareRatio,
        _ transaction: PostgresTransaction
    ) async throws -> [SplitOrder] {
        let rows = try await transaction.query(
            """
            SELECT id, side, version, quantity, asked_quantity, limit_price FROM orders
            WHERE client = \(client) AND symbol = \(symbol) AND state = 'held' AND type = 'limit'
            ORDER BY number FOR UPDATE
            """
        )
        return try rows.map { row in
            try SplitOrder(
                id: row.value(at: 0),
                side: row.value(at: 1),
                version: Int(row.value(at: 2, as: Int32.self)),
                quantity: row.value(at: 3),
                asked: row.value(at: 4),
                limit: row.value(at: 5),
                ratio
            )
        }
    }

    private static func splitting(
        _ event: CorporateEvent,
        _ client: String,
        _ ratio: ShareRatio,
        _ row: PostgresRow?,
        _ orders: [SplitOrder]
    ) throws -> [PostgresQuery] {
        var queries = orders.flatMap { $0.isGone ? ending($0) : adjusting($0) }
        guard let row else { return queries }
        var position = try Position(row)
        let before = try position.owned()
        let books = Books(client: client, symbol: event.symbol)
        for order in orders where order.isGone && order.side == .sell {
            queries += try position.release(order.before).map { books.booking($0, order: order.id) }
        }
        guard !before.isZero else { return queries }
        var kept = ExactDecimal.zero
        for order in orders where !order.isGone && order.side == .sell { kept = try kept + order.quantity }
        let moves = try position.split(ratio, kept: kept)
        let activity = PostgresUUID.random()
        queries.append(books.updating(position))
        queries.append(books.noting(activity, event, quantity: try position.owned() - before, cash: nil))
        queries += moves.map { books.booking($0, activity: activity) }
        return queries
    }

    private static func paying(
        _ event: CorporateEvent,
        _ client: String,
        _ perShare: Amount,
        _ row: PostgresRow?
    ) throws -> [PostgresQuery] {
        guard let row else { return [] }
        let owned = try Position(row).owned()
        let currency = perShare.currency
        let cash = try owned.multiplied(by: perShare.value, scale: currency.minorUnits, rounding: .floor)
        // Less than a cent: nothing is paid.
        guard cash.signum > 0 else { return [] }
        let activity = PostgresUUID.random()
        let books = Books(client: client, symbol: event.symbol)
        return [
            books.noting(activity, event, quantity: owned, cash: Amount(cash, currency)),
            """
            UPDATE positions SET dividends = dividends + \(cash)
            WHERE client = \(client) AND symbol = \(event.symbol)
            """,
            """
            INSERT INTO credits (activity_id, client, amount, currency)
            VALUES (\(activity), \(client), \(cash), \(currency.code))
            """,
        ]
    }

    private static func adjusting(_ order: SplitOrder) -> [PostgresQuery] {
        [
            """
            UPDATE orders SET quantity = \(order.quantity), limit_price = \(order.limit), worst_price = \(order.limit),
                asked_quantity = \(order.asked), version = \(Int32(order.version + 1)), updated_at = \(WallTime.now())
            WHERE id = \(order.id)
            """,
            event(order, 1, "adjusted"),
        ]
    }

    /// A purchase's cash is given back by the recovery.
    private static func ending(_ order: SplitOrder) -> [PostgresQuery] {
        let owes = order.side == .buy
        return [
            """
            UPDATE orders SET state = 'cancelled', settlement = \(owes ? "owed" : "done"),
                version = \(Int32(order.version + 1)), updated_at = \(WallTime.now()), attend_at = now()
            WHERE id = \(order.id)
            """,
            event(order, 1, "cancelled"),
        ]
    }

    private static func event(_ order: SplitOrder, _ step: Int, _ what: String) -> PostgresQuery {
        """
        INSERT INTO order_events (order_id, number, what, problem)
        VALUES (\(order.id), \(Int32(order.version + step)), \(what), '')
        """
    }
}
