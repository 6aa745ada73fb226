public import Config
import Money
import Observe
public import Plugin

/// Fills orders on paper, at the quote that it is handed. It keeps nothing: what it says follows from the order and the
/// quote alone, so that a question repeated after a crash has the same answer.
public final class PaperDriver: Driver, Brokerage {
    /// The name in `wallet.brokerage.driver`.
    public static var name: StaticString { "paper" }

    /// Spread, slippage, fee and hours.
    public static var settings: [Setting] { PaperSettings.declared }

    private let pricing: PaperPricing
    private let hours: PaperSettings.Hours

    /// - Throws: a `ConfigurationError` that names a setting.
    public convenience init(context: DriverContext) throws {
        self.init(settings: try PaperSettings(context.settings.snapshot))
    }

    init(settings: PaperSettings) {
        pricing = settings.pricing
        hours = settings.hours
    }

    /// There is nothing to reach.
    public func probe() async throws {}

    /// It is.
    public var isPaper: Bool { true }

    /// The price of a fill at this quote; of an order whose limit is not reached, the limit.
    public func estimate(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) throws(BrokerageError) -> BrokerageEstimate {
        if order.limit == nil, !trades(quote) {
            throw BrokerageError(.marketClosed, "the market is closed")
        }
        let price = try price(order, quote) ?? order.limit ?? quote.price
        return BrokerageEstimate(price: price, worstPrice: order.limit ?? price, fee: pricing.fee)
    }

    /// Whether the market trades and the limit is reached.
    public func mayFill(_ order: BrokerageOrder, at quote: BrokerageQuote) -> Bool {
        guard trades(quote) else { return false }
        guard let limit = order.limit else { return true }
        return PaperPricing.isReached(limit, order.side, quote)
    }

    /// Fills the whole order, or nothing of it.
    public func submit(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome {
        guard trades(quote) else { return order.limit == nil ? .refused("market-closed") : .open }
        guard let price = try price(order, quote) else { return .open }
        return .filled(
            BrokerageFill(
                quantity: order.quantity,
                price: price,
                fee: pricing.fee,
                executedAt: .now(),
                explanation: pricing.explanation(order, quote)
            )
        )
    }

    private func trades(_ quote: BrokerageQuote) -> Bool { hours == .always || quote.isOpen }

    private func price(_ order: BrokerageOrder, _ quote: BrokerageQuote) throws(BrokerageError) -> ExactDecimal? {
        let price: ExactDecimal?
        do {
            price = try pricing.fillPrice(order.side, limit: order.limit, worst: order.worstPrice, quote)
        } catch {
            throw BrokerageError(.unpriceable, "the price is out of range: \(error.message)")
        }
        if let price, price.signum <= 0 { throw BrokerageError(.unpriceable, "the price is below the smallest one") }
        return price
    }
}
