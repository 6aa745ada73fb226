public import Money
public import Observe

/// The price that an order is decided at. A class: see `BrokerageOrder`.
public final class BrokerageQuote: Sendable {
    /// Of one share.
    public let price: ExactDecimal
    /// What the price is in.
    public let currency: Currency
    /// The lowest and the highest price of the day; nil if unknown.
    public let day: ClosedRange<ExactDecimal>?
    /// When this price was the price.
    public let asOf: WallTime
    /// Which source it is from.
    public let source: String
    /// Whether the market was open.
    public let isOpen: Bool

    /// A quote.
    public init(
        price: ExactDecimal,
        currency: Currency,
        day: ClosedRange<ExactDecimal>?,
        asOf: WallTime,
        source: String,
        isOpen: Bool
    ) {
        self.price = price
        self.currency = currency
        self.day = day
        self.asOf = asOf
        self.source = source
        self.isOpen = isOpen
    }
}
