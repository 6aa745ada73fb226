import Money
import Observe
import Plugin
import Postgres

extension Order {
    /// The columns that `init(_ row:)` reads, of `orders o LEFT JOIN fills f`.
    static let columns = """
        o.id, o.number, o.client, o.symbol, o.side, o.type, o.time_in_force, o.asked_quantity, o.asked_amount,
        o.limit_price, o.quantity, o.currency, o.reserve, o.state, o.settlement, o.problem, o.version, o.quote_price,
        o.quote_low, o.quote_high, o.quote_as_of, o.quote_source, o.quote_open, o.expires_at, o.created_at,
        o.updated_at, f.quantity, f.price, f.fee, f.total, f.executed_at, f.explanation,
        o.worst_price, o.brokerage
        """

    /// Reads `columns`.
    convenience init(_ row: PostgresRow) throws {
        let type: OrderType = try row.value(at: 5)
        let terms = OrderTerms(
            symbol: try row.value(at: 3),
            side: try row.value(at: 4),
            type: type,
            timeInForce: try row.value(at: 6),
            quantity: try row.value(at: 7),
            amount: try row.value(at: 8),
            limit: try row.value(at: 9)
        )
        let currency: Currency = try row.value(at: 11)
        let progress = OrderProgress(
            type: type,
            state: try row.value(at: 13),
            settlement: try row.value(at: 14),
            problem: try row.value(at: 15),
            version: Int(try row.value(at: 16, as: Int32.self))
        )
        self.init(
            id: try row.value(at: 0),
            number: try row.value(at: 1),
            client: try row.value(at: 2),
            terms: terms,
            quantity: try row.value(at: 10),
            currency: currency,
            reserve: try row.value(at: 12),
            worstPrice: try row.value(at: 32),
            progress: progress,
            quote: try Self.quote(row, currency),
            books: try row.value(at: 33),
            fill: try OrderFill(row, from: 26),
            expiresAt: try row.value(at: 23),
            createdAt: try row.value(at: 24),
            updatedAt: try row.value(at: 25)
        )
    }

    private static func quote(_ row: PostgresRow, _ currency: Currency) throws -> BrokerageQuote? {
        guard let price = try row.value(at: 17, as: ExactDecimal?.self),
            let asOf = try row.value(at: 20, as: WallTime?.self),
            let source = try row.value(at: 21, as: String?.self),
            let isOpen = try row.value(at: 22, as: Bool?.self)
        else { return nil }
        var day: ClosedRange<ExactDecimal>?
        if let low = try row.value(at: 18, as: ExactDecimal?.self),
            let high = try row.value(at: 19, as: ExactDecimal?.self), low <= high
        {
            day = low...high
        }
        return BrokerageQuote(
            price: price,
            currency: currency,
            day: day,
            asOf: asOf,
            source: source,
            isOpen: isOpen
        )
    }
}

extension OrderFill {
    /// Reads quantity, price, fee, total, executed_at and explanation; nil where they are NULL.
    convenience init?(_ row: PostgresRow, from column: Int) throws {
        guard let quantity = try row.value(at: column, as: ExactDecimal?.self) else { return nil }
        self.init(
            quantity: quantity,
            price: try row.value(at: column + 1),
            fee: try row.value(at: column + 2),
            total: try row.value(at: column + 3),
            executedAt: try row.value(at: column + 4),
            explanation: try row.value(at: column + 5)
        )
    }
}

extension OrderProgress.State: PostgresDecodable {}
extension OrderProgress.Settlement: PostgresDecodable {}
