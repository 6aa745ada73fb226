import Money
import Observe
import Plugin
import Postgres
import RPC
import Reactor

/// The orders in the database. Whatever changes one names the version that it was read at, so that of two who go on
/// with the same order at the same time one is told that it is no longer so.
struct OrderStore: Sendable {
    /// The order is no longer what it was read as.
    struct Superseded: Error {}

    let database: PostgresClient
    /// How long nobody else goes on with an order that somebody has changed.
    let lease: Duration

    var leaseSeconds: Double { Double(lease.wholeNanoseconds) / 1_000_000_000 }

    // MARK: Placing

    /// Stores a new order with its history; of a sale, keeps the shares in the same transaction, or stores it as
    /// rejected.
    /// - Returns: nil if there is an order under this key.
    func place(_ order: Order, key: String, by deadline: MonotonicTime?) async throws -> Order? {
        do {
            switch order.terms.side {
            case .buy:
                let rows = try await database.query(
                    inserting(order, order.progress, key: key),
                    PostgresCall(deadline: deadline)
                )
                return try Self.placed(order, order.progress, rows)
            case .sell: return try await placeSale(order, key: key, by: deadline)
            }
        } catch let error as PostgresError where error.isUniqueViolation {
            return nil
        } catch let error as PostgresError where error.code == .commitUnknown {
            throw Self.unknownEnd
        }
    }

    /// The database went away as it was to commit. Whatever changes orders can be asked for again.
    private static var unknownEnd: RPCError {
        RPCError(.unavailable, "whether the change was made is not known; ask for it again, with the same key")
    }

    private func placeSale(_ order: Order, key: String, by deadline: MonotonicTime?) async throws -> Order {
        try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            let found = try await transaction.query(
                """
                SELECT available, held, cost, realised FROM positions
                WHERE client = \(order.client) AND symbol = \(order.terms.symbol) FOR UPDATE
                """
            )
            var progress = order.progress
            var queries: [PostgresQuery] = []
            if let row = found.first, let (position, moves) = try Self.hold(order.quantity, row) {
                precondition(progress.reserved(), "a new order is accepted")
                if order.terms.type == .market { precondition(progress.began(), "it was held") }
                queries = [inserting(order, progress, key: key), updating(position, order)]
                queries += moves.map { booking($0, order) }
            } else {
                precondition(progress.refused("insufficient-shares"), "a new order is accepted")
                queries = [inserting(order, progress, key: key)]
            }
            let answers = try await transaction.batch(queries)
            return try Self.placed(order, progress, answers[0])
        }
    }

    private static func hold(_ quantity: ExactDecimal, _ row: PostgresRow) throws -> (Position, [Position.Move])? {
        var position = try Position(row)
        guard let moves = try position.hold(quantity) else { return nil }
        return (position, moves)
    }

    private static func placed(_ order: Order, _ progress: OrderProgress, _ rows: PostgresRows) throws -> Order {
        guard let row = rows.first else { throw PostgresError(.decoding, "an inserted order has no row") }
        return order.with(progress.stored, number: try row.value(at: 0))
    }

    // MARK: Changing

    /// Stores where an order has come to.
    /// - Parameters:
    ///   - quote: the price that is pinned now; nil to keep the one before.
    ///   - books: those of the brokerage that is about to be asked; nil to keep the ones before.
    /// - Throws: `Superseded`.
    func record(
        _ order: Order,
        _ progress: OrderProgress,
        quote: BrokerageQuote? = nil,
        books: String? = nil,
        by deadline: MonotonicTime?
    ) async throws -> Order {
        // Ours, not the server's: the answer that is given now is the one that is read later.
        let now = WallTime.now()
        let rows = try await database.query(
            moving(order, progress, quote: quote, books: books, at: now),
            PostgresCall(deadline: deadline)
        )
        guard rows.affectedRows > 0 else { throw Superseded() }
        return order.with(progress.stored, quote: quote, books: books, updatedAt: now)
    }

    /// Stores where an order has come to together with what that does to the client's shares, as one transaction: a
    /// fill is never seen without its shares, nor shares without their fill.
    /// - Parameter fill: what was filled; nil where a sale's shares are given back.
    /// - Throws: `Superseded`.
    func book(
        _ order: Order,
        _ progress: OrderProgress,
        _ fill: OrderFill?,
        by deadline: MonotonicTime?
    ) async throws -> Order {
        do {
            return try await booking(order, progress, fill, by: deadline)
        } catch let error as PostgresError where error.code == .commitUnknown {
            throw Self.unknownEnd
        }
    }

    private func booking(
        _ order: Order,
        _ progress: OrderProgress,
        _ fill: OrderFill?,
        by deadline: MonotonicTime?
    ) async throws -> Order {
        let now = WallTime.now()
        return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            // Also locks the position, and makes it where there is none.
            let rows = try await transaction.query(
                """
                INSERT INTO positions (client, symbol, currency, available, held, cost, realised)
                VALUES (\(order.client), \(order.terms.symbol), \(order.currency.code), 0, 0, 0, 0)
                ON CONFLICT (client, symbol) DO UPDATE SET symbol = EXCLUDED.symbol
                RETURNING available, held, cost, realised
                """
            )
            guard let row = rows.first else { throw PostgresError(.decoding, "a position has no row") }
            let (position, moves) = try Self.settle(order, fill, row)
            var queries = [moving(order, progress, quote: nil, at: now), updating(position, order)]
            queries += moves.map { booking($0, order) }
            if let fill { queries.append(inserting(fill, order)) }
            do {
                let answers = try await transaction.batch(queries)
                guard answers[0].affectedRows > 0 else { throw Superseded() }
            } catch let error as PostgresError where error.isUniqueViolation {
                // Whoever was faster has booked the same move.
                throw Superseded()
            }
            return order.with(progress.stored, fill: fill, updatedAt: now)
        }
    }

    private static func settle(
        _ order: Order,
        _ fill: OrderFill?,
        _ row: PostgresRow
    ) throws -> (Position, [Position.Move]) {
        var position = try Position(row)
        switch (order.terms.side, fill) {
        case (.buy, let fill?):
            let moves = try position.buy(fill.quantity, for: fill.total)
            return (position, moves)
        case (.sell, let fill?):
            // Booked by somebody else before: the version tells.
            guard position.held >= order.quantity else { throw Superseded() }
            let moves = try position.sell(
                fill.quantity,
                of: order.quantity,
                for: fill.total,
                places: order.currency.minorUnits
            )
            return (position, moves)
        case (.sell, nil):
            guard position.held >= order.quantity else { throw Superseded() }
            let moves = try position.release(order.quantity)
            return (position, moves)
        case (.buy, nil): preconditionFailure("a purchase keeps no shares")
        }
    }
}

extension OrderProgress {
    /// The same with its history stored.
    var stored: OrderProgress {
        OrderProgress(type: type, state: state, settlement: settlement, problem: problem, version: version)
    }
}
