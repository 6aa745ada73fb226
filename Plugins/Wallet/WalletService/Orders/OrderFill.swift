import Money
import Observe
import Plugin

/// What an order's one fill did. A class: see `OrderTerms`.
final class OrderFill: Sendable {
    let quantity: ExactDecimal
    let price: ExactDecimal
    let fee: ExactDecimal
    /// What a buyer paid with the fee, or a seller got without it.
    let total: ExactDecimal
    let executedAt: WallTime
    let explanation: String

    init(
        quantity: ExactDecimal,
        price: ExactDecimal,
        fee: ExactDecimal,
        total: ExactDecimal,
        executedAt: WallTime,
        explanation: String
    ) {
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.total = total
        self.executedAt = executedAt
        self.explanation = explanation
    }

    /// Adds up what the brokerage says.
    init(_ fill: BrokerageFill, _ side: OrderSide, _ currency: Currency) throws(DecimalError) {
        quantity = fill.quantity
        price = fill.price
        executedAt = fill.executedAt
        explanation = fill.explanation
        switch side {
        case .buy:
            fee = fill.fee
            total = try OrderCost.paid(fill.quantity, at: fill.price, fee: fill.fee, currency)
        case .sell:
            let received = try OrderCost.received(fill.quantity, at: fill.price, fee: fill.fee, currency)
            (total, fee) = received
        }
    }
}
