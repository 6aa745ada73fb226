import Money
import Observe
import Plugin

/// How a paper fill gets its price. Pure: the same order and quote have the same price for ever.
///
/// A buyer pays the quote, half of the spread and the slippage, rounded up; a seller gets it less these, rounded down.
/// The price stays within the day's lowest and highest, so that no fill lies outside of its bar. A limit is reached
/// when the quote is, and lies within the bar too; a fill is never worse than it, nor than what cash is kept for.
struct PaperPricing: Sendable {
    /// Decimal places of a price.
    static let places = 4

    /// Between the prices of buyers and sellers, in basis points (hundredths of a percent) of the quote.
    let spread: Int
    /// By which a fill is worse than that, in basis points.
    let slippage: Int
    /// For each fill, in the currency of the quote.
    let fee: ExactDecimal

    /// The price for who takes any.
    /// - Throws: `DecimalError` where the digits do not suffice.
    func marketPrice(_ side: BrokerageOrder.Side, _ quote: BrokerageQuote) throws(DecimalError) -> ExactDecimal {
        let away = spread + 2 * slippage
        let factor = ExactDecimal(20_000 + (side == .buy ? away : -away))
        let product = try quote.price * factor
        var price = try product.divided(by: 20_000, scale: Self.places, rounding: side == .buy ? .ceiling : .floor)
        // A price with more decimal places than fills have may leave the bar by rounding: the bar wins.
        if let day = quote.day { price = min(max(price, day.lowerBound), day.upperBound) }
        return price
    }

    /// The price of a fill; nil while the limit is not reached.
    /// - Parameter worst: what was agreed to, perhaps with other settings; nil for nothing.
    /// - Throws: `DecimalError` where the digits do not suffice.
    func fillPrice(
        _ side: BrokerageOrder.Side,
        limit: ExactDecimal?,
        worst: ExactDecimal? = nil,
        _ quote: BrokerageQuote
    ) throws(DecimalError) -> ExactDecimal? {
        var price = try marketPrice(side, quote)
        if let worst { price = side == .buy ? min(price, worst) : max(price, worst) }
        guard let limit else { return price }
        guard Self.isReached(limit, side, quote) else { return nil }
        return side == .buy ? min(price, limit) : max(price, limit)
    }

    /// Whether the quote is as good as the limit.
    static func isReached(_ limit: ExactDecimal, _ side: BrokerageOrder.Side, _ quote: BrokerageQuote) -> Bool {
        // A quote outside of its own bar reaches no limit there: the fill would have to be outside too.
        if let day = quote.day, side == .buy ? limit < day.lowerBound : limit > day.upperBound { return false }
        return side == .buy ? quote.price <= limit : quote.price >= limit
    }

    /// Why a fill has its price.
    func explanation(_ order: BrokerageOrder, _ quote: BrokerageQuote) -> String {
        let sign = order.side == .buy ? "plus" : "less"
        var text = "\(quote.source) quote \(quote.price) \(quote.currency) of \(quote.asOf.description)"
        text += ", \(sign) half of a spread of \(spread) bp and slippage of \(slippage) bp"
        if let day = quote.day { text += ", within the day's \(day.lowerBound) to \(day.upperBound)" }
        if let limit = order.limit { text += ", no worse than the limit \(limit)" }
        return text + "; fee \(fee)"
    }
}
