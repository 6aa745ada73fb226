import Money
import Postgres

/// A waiting limit order, and what a split makes of it. Pure. A class: see `OrderTerms`.
///
/// Its quantity grows as shares do, and its limit falls as prices do. Both are rounded so that a purchase never costs
/// more than the cash that is kept for it, and that sales never need more shares than there are.
final class SplitOrder: Sendable {
    let id: PostgresUUID
    let side: OrderSide
    let version: Int
    /// What it was for before.
    let before: ExactDecimal
    let quantity: ExactDecimal
    /// What was asked for; nil where that was an amount.
    let asked: ExactDecimal?
    let limit: ExactDecimal

    /// Nothing is left that could be bought or sold, or no limit that could be named: the order ends.
    var isGone: Bool { quantity.isZero || limit.isZero }

    init(
        id: PostgresUUID,
        side: OrderSide,
        version: Int,
        quantity: ExactDecimal,
        asked: ExactDecimal?,
        limit: ExactDecimal,
        _ ratio: ShareRatio
    ) throws(DecimalError) {
        self.id = id
        self.side = side
        self.version = version
        before = quantity
        self.quantity = try ratio.shares(quantity)
        self.asked = try Self.scaled(asked, ratio)
        self.limit = try ratio.limit(limit, side)
    }

    private static func scaled(_ value: ExactDecimal?, _ ratio: ShareRatio) throws(DecimalError) -> ExactDecimal? {
        guard let value else { return nil }
        return try ratio.shares(value)
    }
}
