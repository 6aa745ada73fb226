public import Money

/// What a brokerage is asked to do.
///
/// A class, as are the other values of this port: Swift 6.3.1 (x86-64 Linux) miscompiles asynchronous functions that
/// take or return structures with an `Int128` in them beside several other values.
public final class BrokerageOrder: Sendable {
    /// Which way shares go.
    public enum Side: String, Sendable, CaseIterable { case buy, sell }

    /// How long it waits for its price.
    public enum TimeInForce: String, Sendable, CaseIterable {
        /// To the end of the trading day.
        case day
        /// Till it is cancelled.
        case gtc
    }

    /// The caller's id, 1 to 64 letters, digits and hyphens: the same one when asked again.
    public let id: String
    /// The ticker.
    public let symbol: String
    /// Which way shares go.
    public let side: Side
    /// Shares, above zero, at most nine decimal places.
    public let quantity: ExactDecimal
    /// Cash to spend on a purchase at the market's price, fee included, at most two decimal places; nil where `quantity`
    /// says how much. A broker that can spend an amount exactly does so; for others `quantity` is what it surely buys.
    public let amount: ExactDecimal?
    /// The worst price of a share that the client takes; nil for the market's.
    public let limit: ExactDecimal?
    /// The worst price of a share that cash is kept for: no fill is worse. Nil if it is not known yet, or not kept.
    public let worstPrice: ExactDecimal?
    /// How long it waits.
    public let timeInForce: TimeInForce

    /// An order.
    public init(
        id: String,
        symbol: String,
        side: Side,
        quantity: ExactDecimal,
        amount: ExactDecimal? = nil,
        limit: ExactDecimal?,
        worstPrice: ExactDecimal? = nil,
        timeInForce: TimeInForce = .day
    ) {
        self.id = id
        self.symbol = symbol
        self.side = side
        self.quantity = quantity
        self.amount = amount
        self.limit = limit
        self.worstPrice = worstPrice
        self.timeInForce = timeInForce
    }
}
