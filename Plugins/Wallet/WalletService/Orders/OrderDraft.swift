import Money
import Observe
import Plugin
import RPC

/// What an order would cost at a price: the sums of a preview, and of the order that is placed. A class: see
/// `OrderTerms`.
final class OrderDraft: Sendable {
    let quote: BrokerageQuote
    let quantity: ExactDecimal
    let price: ExactDecimal
    let fee: ExactDecimal
    /// What it costs with the fee, or brings without it.
    let total: ExactDecimal
    /// Cash to keep for a purchase; zero for a sale.
    let reserve: ExactDecimal
    /// Of a share; no fill is worse.
    let worstPrice: ExactDecimal

    /// - Throws: `market-closed`, `unsupported-order`, `order-too-small` and
    ///   `order-too-large`, as `OrderProblem` says.
    init(_ terms: OrderTerms, at quote: BrokerageQuote, _ brokerage: any Brokerage) throws {
        self.quote = quote
        do {
            let estimate = try brokerage.estimate(Self.question(terms, terms.quantity ?? 1), at: quote)
            // Of a limit order nothing is certain but the limit.
            let price = terms.limit ?? estimate.price
            let worst = terms.side == .buy ? max(estimate.worstPrice, price) : min(estimate.worstPrice, price)
            let currency = quote.currency
            self.price = price
            if let asked = terms.quantity {
                quantity = asked
            } else if terms.side == .buy {
                quantity = try OrderCost.bought(for: terms.amount ?? .zero, at: worst, fee: estimate.fee)
            } else {
                quantity = try OrderCost.sold(for: terms.amount ?? .zero, at: price)
            }
            guard quantity.signum > 0 else { throw OrderProblem.error("order-too-small") }
            guard quantity <= OrderTerms.most else { throw OrderProblem.error("order-too-large") }
            // Whether the brokerage takes that many, which nobody knew before.
            if terms.quantity == nil { _ = try brokerage.estimate(Self.question(terms, quantity), at: quote) }
            worstPrice = worst
            switch terms.side {
            case .buy:
                fee = estimate.fee
                total = try OrderCost.paid(quantity, at: price, fee: estimate.fee, currency)
                reserve =
                    try terms.amountToSpend ?? OrderCost.paid(quantity, at: worst, fee: estimate.fee, currency)
            case .sell:
                (total, fee) = try OrderCost.received(quantity, at: price, fee: estimate.fee, currency)
                reserve = .zero
            }
            guard total <= OrderTerms.most, reserve <= OrderTerms.most else {
                throw OrderProblem.error("order-too-large")
            }
        } catch let error as BrokerageError where error.code == .marketClosed {
            throw OrderProblem.error("market-closed")
        } catch let error as BrokerageError where error.code == .unsupported {
            throw RPCError(.failedPrecondition, error.message, reason: "unsupported-order")
        } catch let error as BrokerageError {
            throw RPCError(error.code == .unpriceable ? .failedPrecondition : .unavailable, error.message)
        } catch is DecimalError {
            throw OrderProblem.error("order-too-large")
        }
    }

    private static func question(_ terms: OrderTerms, _ quantity: ExactDecimal) -> BrokerageOrder {
        BrokerageOrder(
            id: "preview",
            symbol: terms.symbol,
            side: terms.side.brokerage,
            quantity: quantity,
            amount: terms.amountToSpend,
            limit: terms.limit,
            timeInForce: terms.timeInForce.brokerage
        )
    }
}
