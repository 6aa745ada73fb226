public import Money
public import Observe

/// What was executed of an order. A class: see `BrokerageOrder`.
public final class BrokerageFill: Sendable {
    /// Shares: all that was ordered, or a part, and then the rest never will be.
    public let quantity: ExactDecimal
    /// Of one share.
    public let price: ExactDecimal
    /// For the whole fill, in the quote's currency.
    public let fee: ExactDecimal
    /// When it was executed.
    public let executedAt: WallTime
    /// Why this price: the quote, what was added to it and by which rule. One sentence for the client.
    public let explanation: String

    /// A fill.
    public init(
        quantity: ExactDecimal,
        price: ExactDecimal,
        fee: ExactDecimal,
        executedAt: WallTime,
        explanation: String
    ) {
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.executedAt = executedAt
        self.explanation = explanation
    }
}
