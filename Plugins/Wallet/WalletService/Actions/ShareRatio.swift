import Money

/// A split: so many new shares for so many old ones; fewer for a reverse split. Pure.
///
/// Fractions stay: there is no cash in lieu. What is left below a billionth of a share, the smallest part that there
/// is, is dropped; it is worth less than a cent at any price below ten million.
struct ShareRatio: Sendable, Hashable {
    let new: Int
    let old: Int

    init(new: Int, old: Int) {
        precondition(new > 0 && old > 0, "a split is of something into something")
        self.new = new
        self.old = old
    }

    /// Old shares as new ones, rounded down to a billionth.
    func shares(_ quantity: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        try (quantity * ExactDecimal(new))
            .divided(by: ExactDecimal(old), scale: OrderCost.shares, rounding: .floor).normalized
    }

    /// The limit of an order for old shares as one for new shares, rounded to what is better for the client; zero
    /// where a purchase's limit is too small to be divided.
    func limit(_ price: ExactDecimal, _ side: OrderSide) throws(DecimalError) -> ExactDecimal {
        try (price * ExactDecimal(old)).divided(
            by: ExactDecimal(new),
            scale: 4,
            rounding: side == .buy ? .floor : .ceiling
        ).normalized
    }

    /// The price of an old share as the price of a new one, for showing what is worth how much.
    func price(_ price: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        try (price * ExactDecimal(old)).divided(by: ExactDecimal(new), scale: 12, rounding: .halfEven)
    }

    /// The other way round.
    var inverse: ShareRatio { ShareRatio(new: old, old: new) }
}
