public import Money

/// What a brokerage is asked to do.
///
/// A class, as are the other values of this port: Swift 6.3.1 (x86-64 Linux) miscompiles asynchronous functions that
/// take or return structures with an `Int128` in them beside several other values.
public final class BrokerageOrder: Sendable {
    /// Which way shares go.
    public enum Side: String, Sendable, CaseIterable { case buy, sell }

    /// The caller's id, 1 to 64 letters, digits and hyphens: the same one when asked again.
    public let id: String
    /// The ticker.
    public let symbol: String
    /// Which way shares go.
    public let side: Side
    /// Shares, above zero, at most nine decimal places.
    public let quantity: ExactDecimal
    /// The worst price of a share that the client takes; nil for the market's.
    public let limit: ExactDecimal?

    /// An order.
    public init(id: String, symbol: String, side: Side, quantity: ExactDecimal, limit: ExactDecimal?) {
        self.id = id
        self.symbol = symbol
        self.side = side
        self.quantity = quantity
        self.limit = limit
    }
}
