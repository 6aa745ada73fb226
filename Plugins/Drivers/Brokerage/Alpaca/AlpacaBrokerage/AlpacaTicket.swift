import Money
import Plugin
import RPC

/// The body of `POST /v2/orders` for one order. Numbers go as strings, as Alpaca takes them, so that none is rounded.
///
/// Nothing goes without a bound, as a client's cash is kept before the price is known: a purchase for an amount goes as
/// a market order for that amount (`notional`), any other order at the market's price as a limit order at the worst
/// price that cash is kept for, which is executed at once at the market's price.
struct AlpacaTicket: JSONWritable {
    let order: BrokerageOrder
    /// Nil for an order by amount.
    let limit: ExactDecimal?

    init(_ order: BrokerageOrder, at quote: BrokerageQuote, _ prices: AlpacaPrices) throws(DecimalError) {
        self.order = order
        if let limit = order.limit {
            self.limit = limit
        } else if order.isForAmount {
            limit = nil
        } else if let worst = order.worstPrice {
            // Another brokerage, that has been swapped since, may have given it more places than Alpaca takes.
            limit = try AlpacaPrices.allowed(worst, order.side)
        } else {
            limit = try prices.worst(order.side, quote)
        }
    }

    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.key("client_order_id")
            json.string(order.id)
            json.key("symbol")
            json.string(order.symbol)
            json.key("side")
            json.string(order.side.rawValue)
            json.key("type")
            json.string(limit == nil ? "market" : "limit")
            json.key("time_in_force")
            // At the market's price it is for now; and fractions of shares are traded for the day alone.
            json.string(order.limit == nil ? "day" : order.timeInForce.rawValue)
            if let limit {
                json.key("qty")
                json.string(order.quantity.normalized.description)
                json.key("limit_price")
                json.string(limit.normalized.description)
            } else {
                json.key("notional")
                json.string((order.amount ?? .zero).normalized.description)
            }
        }
    }
}

extension BrokerageOrder {
    /// Whether it spends an amount, however many shares that buys.
    var isForAmount: Bool { side == .buy && limit == nil && amount != nil }
}
