public import Money

/// What an order would be executed at. A class: see `BrokerageOrder`.
public final class BrokerageEstimate: Sendable {
    /// Of one share, as things are.
    public let price: ExactDecimal
    /// Of one share, the worst that a fill can have: what cash is kept for, and what the order then carries.
    public let worstPrice: ExactDecimal
    /// For the whole order, in the quote's currency.
    public let fee: ExactDecimal

    /// An estimate.
    public init(price: ExactDecimal, worstPrice: ExactDecimal, fee: ExactDecimal) {
        self.price = price
        self.worstPrice = worstPrice
        self.fee = fee
    }
}
