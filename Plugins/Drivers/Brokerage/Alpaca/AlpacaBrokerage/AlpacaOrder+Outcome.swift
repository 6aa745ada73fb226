import Money
import Observe
import Plugin

extension AlpacaOrder {
    /// What an order's status means.
    enum Phase: Equatable {
        /// More may be executed.
        case open
        /// Nothing more will be, because it is complete, was taken back, its time was over, or nobody wanted it.
        case filled, cancelled, expired, rejected
        /// Another order has taken its place, which we never ask for; or Alpaca says something new.
        case strange

        init(_ status: String) {
            self =
                switch status {
                case "new", "partially_filled", "accepted", "pending_new", "accepted_for_bidding", "held", "stopped",
                    "suspended", "calculated", "done_for_day", "pending_cancel", "pending_replace":
                    .open
                case "filled": .filled
                case "canceled": .cancelled
                case "expired": .expired
                case "rejected": .rejected
                default: .strange
                }
        }
    }

    /// What became of an order of ours. What was executed counts once nothing more will be: parts may be taken back by
    /// the exchange until then.
    /// - Throws: `malformed` if it is another order, or one that cannot be.
    func outcome(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote,
        bound: ExactDecimal?
    ) throws(BrokerageError) -> BrokerageOutcome {
        guard clientID == order.id, symbol == order.symbol, side == order.side.rawValue else {
            throw Self.malformed("\(id) is another one than the one that was asked for")
        }
        let phase = Phase(status)
        switch phase {
        case .open: return .open
        case .strange: throw Self.malformed("\(id) has the status \(Self.shown(status))")
        case .filled, .cancelled, .expired, .rejected: break
        }
        guard filledQuantity.signum > 0 else {
            switch phase {
            case .cancelled: return .cancelled
            case .expired: return .expired
            case .rejected: return .refused("refused")
            default: throw Self.malformed("\(id) is filled with nothing")
            }
        }
        return .filled(try fill(order, at: quote, bound: bound, isWhole: phase == .filled))
    }

    private func fill(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote,
        bound: ExactDecimal?,
        isWhole: Bool
    ) throws(BrokerageError) -> BrokerageFill {
        guard let price = averagePrice, price.signum > 0 else {
            throw Self.malformed("\(id) is filled without a price")
        }
        guard filledQuantity.scale <= 9, order.isForAmount || filledQuantity <= order.quantity else {
            throw Self.malformed("\(id) is filled with more than was ordered")
        }
        guard !isWhole || order.isForAmount || filledQuantity == order.quantity else {
            throw Self.malformed("\(id) is filled with less than was ordered")
        }
        if let bound, order.side == .buy ? price > bound : price < bound {
            throw Self.malformed("\(id) is filled at a price that is worse than its limit")
        }
        var text = "Alpaca order \(id): executed at \(price) on average"
        if let limit = order.limit {
            text += ", no worse than the limit \(limit)"
        } else if let bound {
            text += ", at the market's price and no worse than \(bound)"
        } else {
            text += ", at the market's price"
        }
        if !isWhole { text += "; the rest was not executed" }
        text += "; decided at the \(quote.source) quote \(quote.price) \(quote.currency) of \(quote.asOf.description)"
        return BrokerageFill(
            quantity: filledQuantity,
            price: AlpacaPrices.shown(price),
            fee: .zero,
            executedAt: changedAt ?? .now(),
            explanation: text + "; no fee"
        )
    }

    /// A status is a word; anything else is not shown.
    private static func shown(_ status: String) -> String {
        status.utf8.count <= 32 && status.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F } ? status : "?"
    }
}
