import Money
import Observe
import Plugin
import Postgres

extension OrderStore {
    /// A new order and its history. Gives its number.
    func inserting(_ order: Order, _ progress: OrderProgress, key: String) -> PostgresQuery {
        let (terms, quote, events) = (order.terms, order.quote, Events(progress.news))
        return """
            WITH placed AS (
                INSERT INTO orders (id, client, idempotency_key, fingerprint, symbol, side, type, time_in_force,
                    asked_quantity, asked_amount, limit_price, quantity, currency, reserve, state, settlement, problem,
                    version, quote_price, quote_low, quote_high, quote_as_of, quote_source, quote_open, expires_at,
                    worst_price, brokerage, attend_at, created_at, updated_at)
                VALUES (\(order.id), \(order.client), \(key), \(terms.fingerprint), \(terms.symbol),
                    \(terms.side.rawValue), \(terms.type.rawValue), \(terms.timeInForce.rawValue), \(terms.quantity),
                    \(terms.amount), \(terms.limit), \(order.quantity), \(order.currency.code), \(order.reserve),
                    \(progress.state.rawValue), \(progress.settlement.rawValue), \(progress.problem),
                    \(Int32(progress.version)), \(quote?.price), \(quote?.day?.lowerBound), \(quote?.day?.upperBound),
                    \(quote?.asOf), \(quote?.source), \(quote?.isOpen), \(order.expiresAt),
                    \(order.worstPrice), \(order.books), now() + make_interval(secs => \(leaseSeconds)), \(order.createdAt), \(order.createdAt))
                RETURNING id, number
            ), logged AS (
                INSERT INTO order_events (order_id, number, what, problem)
                SELECT p.id, e.number, e.what, e.problem
                FROM placed p, unnest(\(events.numbers), \(events.names), \(events.problems))
                    AS e (number, what, problem)
            )
            SELECT number FROM placed
            """
    }

    /// Where an order has come to, and the history. Changes nothing if it is no longer of the version before.
    func moving(
        _ order: Order,
        _ progress: OrderProgress,
        quote: BrokerageQuote?,
        books: String? = nil,
        at time: WallTime
    ) -> PostgresQuery {
        let events = Events(progress.news)
        let before = Int32(progress.version - progress.news.count)
        return """
            WITH moved AS (
                UPDATE orders SET state = \(progress.state.rawValue), settlement = \(progress.settlement.rawValue),
                    problem = \(progress.problem), version = \(Int32(progress.version)),
                    quote_price = COALESCE(\(quote?.price), quote_price),
                    quote_low = CASE WHEN \(quote != nil) THEN \(quote?.day?.lowerBound) ELSE quote_low END,
                    quote_high = CASE WHEN \(quote != nil) THEN \(quote?.day?.upperBound) ELSE quote_high END,
                    quote_as_of = COALESCE(\(quote?.asOf), quote_as_of),
                    quote_source = COALESCE(\(quote?.source), quote_source),
                    quote_open = COALESCE(\(quote?.isOpen), quote_open),
                    brokerage = COALESCE(\(books), brokerage),
                    attend_at = now() + make_interval(secs => \(leaseSeconds)), attempts = 0, updated_at = \(time)
                WHERE id = \(order.id) AND version = \(before)
                RETURNING id
            )
            INSERT INTO order_events (order_id, number, what, problem)
            SELECT m.id, e.number, e.what, e.problem
            FROM moved m, unnest(\(events.numbers), \(events.names), \(events.problems)) AS e (number, what, problem)
            """
    }

    func inserting(_ fill: OrderFill, _ order: Order) -> PostgresQuery {
        """
        INSERT INTO fills
            (order_id, client, symbol, side, currency, quantity, price, fee, total, explanation, executed_at)
        VALUES (\(order.id), \(order.client), \(order.terms.symbol), \(order.terms.side.rawValue),
            \(order.currency.code), \(fill.quantity), \(fill.price), \(fill.fee), \(fill.total), \(fill.explanation),
            \(fill.executedAt))
        """
    }

    func updating(_ position: Position, _ order: Order) -> PostgresQuery {
        """
        UPDATE positions SET available = \(position.available), held = \(position.held), cost = \(position.cost),
            realised = \(position.realised)
        WHERE client = \(order.client) AND symbol = \(order.terms.symbol)
        """
    }

    func booking(_ move: Position.Move, _ order: Order) -> PostgresQuery {
        """
        INSERT INTO share_transfers (kind, order_id, client, symbol, quantity, source, target)
        VALUES (\(move.kind), \(order.id), \(order.client), \(order.terms.symbol), \(move.quantity),
            \(move.source.rawValue), \(move.target.rawValue))
        """
    }

    /// Columns of the history.
    private struct Events {
        let numbers: [Int32]
        let names: [String]
        let problems: [String]

        init(_ events: [OrderProgress.Event]) {
            numbers = events.map { Int32($0.number) }
            names = events.map(\.what)
            problems = events.map(\.problem)
        }
    }
}

extension Position {
    /// Reads available, held, cost and realised, from `column` on.
    init(_ row: PostgresRow, from column: Int = 0) throws {
        self.init(
            available: try row.value(at: column),
            held: try row.value(at: column + 1),
            cost: try row.value(at: column + 2),
            realised: try row.value(at: column + 3)
        )
    }
}
