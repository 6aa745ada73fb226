import Money
import Observe
import Plugin
import RPC

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

    /// Adds up what the brokerage says. What is more than was kept for a purchase is never taken from the client: the
    /// fee ends there, as does what rounding an average price has added.
    /// - Throws: `DecimalError`; INTERNAL for a purchase that really cost more, against the rules of the port.
    init(_ fill: BrokerageFill, _ order: Order) throws {
        quantity = fill.quantity
        price = fill.price
        executedAt = fill.executedAt
        explanation = fill.explanation
        let currency = order.currency
        switch order.terms.side {
        case .buy:
            let shares = try OrderCost.paid(fill.quantity, at: fill.price, fee: .zero, currency)
            let unit = try ExactDecimal(coefficient: 1, scale: currency.minorUnits)
            guard try shares <= order.reserve + unit else {
                throw RPCError(.internalError, "the brokerage paid more than was kept for the order")
            }
            let cost = min(shares, order.reserve)
            fee = min(fill.fee, try order.reserve - cost)
            total = try cost + fee
        case .sell:
            let received = try OrderCost.received(fill.quantity, at: fill.price, fee: fill.fee, currency)
            (total, fee) = received
        }
    }
}
