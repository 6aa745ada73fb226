import Money
import Plugin

/// The prices that Alpaca takes in orders. Pure.
///
/// From one dollar on a price has at most two decimal places, below at most four.
struct AlpacaPrices: Sendable {
    /// By how much a fill at the market's price may be worse than the quote, in basis points.
    let collar: Int

    /// Whether a limit may be this price.
    static func isAllowed(_ price: ExactDecimal) -> Bool { price.normalized.scale <= places(price) }

    /// The worst price for an order at the market's price: the quote with the collar, rounded to an allowed price in the
    /// client's favour.
    /// - Throws: `DecimalError` where the digits do not suffice.
    func worst(_ side: BrokerageOrder.Side, _ quote: BrokerageQuote) throws(DecimalError) -> ExactDecimal {
        let factor = ExactDecimal(10_000 + (side == .buy ? collar : -collar))
        let product = try quote.price * factor
        let exact = try product.divided(by: 10_000, scale: 9, rounding: side == .buy ? .floor : .ceiling)
        return try Self.allowed(exact, side)
    }

    /// The nearest price that a limit may be, and that is no worse for the client.
    /// - Throws: `DecimalError` where the digits do not suffice.
    static func allowed(_ price: ExactDecimal, _ side: BrokerageOrder.Side) throws(DecimalError) -> ExactDecimal {
        isAllowed(price) ? price : try price.rescaled(to: places(price), rounding: side == .buy ? .floor : .ceiling)
    }

    /// The same price with four decimal places at least, as all prices of fills have.
    static func shown(_ price: ExactDecimal) -> ExactDecimal {
        price.scale < 4 ? (try? price.rescaled(to: 4)) ?? price : price
    }

    private static func places(_ price: ExactDecimal) -> Int { price < 1 ? 4 : 2 }
}
