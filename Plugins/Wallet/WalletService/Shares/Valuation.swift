import Contracts
import Money
import Observe
import SwiftProtobuf

/// Adds up what a wallet is worth. Each holding is rounded to whole cash once. Pure.
struct Valuation: Sendable {
    let currency: Currency
    /// Cash and shares.
    private(set) var value = ExactDecimal.zero
    /// What sales brought above their cost, and what the shares are worth above theirs.
    private(set) var profit = ExactDecimal.zero
    /// When the oldest price was the price; nil without shares.
    private(set) var asOf: WallTime?
    /// Whether a price is old or missing; a missing one counts as the cost.
    private(set) var isStale = false

    init(_ currency: Currency) { self.currency = currency }

    mutating func add(cash: ExactDecimal) throws(DecimalError) { value = try value + cash }

    mutating func add(_ position: Position, _ quote: MarketQuote?) throws(DecimalError) {
        profit = try profit + position.realised
        guard position.isOpen else { return }
        guard let quote, let price = try? quote.price.exact(), price.currency == currency else {
            value = try value + position.cost
            isStale = true
            return
        }
        let owned = try position.owned()
        let worth = try owned.multiplied(by: price.value, scale: currency.minorUnits, rounding: .halfEven)
        value = try value + worth
        profit = try profit + (worth - position.cost)
        let time = WallTime(secondsSinceEpoch: quote.asOf.seconds, nanoseconds: Int64(quote.asOf.nanos))
        asOf = asOf.map { min($0, time) } ?? time
        if quote.stale { isStale = true }
    }
}

extension Position {
    /// Whether there are shares.
    var isOpen: Bool { available.signum > 0 || held.signum > 0 }
}
