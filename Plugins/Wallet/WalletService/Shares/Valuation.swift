import Contracts
import Money
import Observe

/// Adds up what a wallet is worth in one currency. Each holding is rounded to whole cash once. Pure.
struct Valuation: Sendable {
    let currency: Currency
    private(set) var cash = ExactDecimal.zero
    /// What shares are worth; at their cost where there is no price.
    private(set) var holdings = ExactDecimal.zero
    /// What sales brought above their cost.
    private(set) var realised = ExactDecimal.zero
    /// What shares are worth above their cost.
    private(set) var unrealised = ExactDecimal.zero
    private(set) var dividends = ExactDecimal.zero
    /// When the oldest price was the price; nil without shares.
    private(set) var asOf: WallTime?
    /// Whether a price is old or missing; a missing one counts as the cost.
    private(set) var isStale = false

    init(_ currency: Currency) { self.currency = currency }

    /// Cash and shares.
    func value() throws(DecimalError) -> ExactDecimal { try cash + holdings }

    /// All that was gained: value less what was deposited.
    func profit() throws(DecimalError) -> ExactDecimal { try realised + unrealised + dividends }

    mutating func add(cash: ExactDecimal) throws(DecimalError) { self.cash = try self.cash + cash }

    /// A holding, at a price for the shares that are in the books.
    mutating func add(_ stored: StoredPosition, _ price: HoldingPrice?) throws(DecimalError) {
        let position = stored.position
        realised = try realised + position.realised
        dividends = try dividends + stored.dividends
        guard position.isOpen else { return }
        guard let price, price.currency == currency else {
            holdings = try holdings + position.cost
            isStale = true
            return
        }
        let worth = try price.worth(of: position)
        holdings = try holdings + worth
        unrealised = try unrealised + (worth - position.cost)
        asOf = asOf.map { min($0, price.asOf) } ?? price.asOf
        if price.isStale { isStale = true }
    }
}

/// The newest price of a company, for the shares that a client has in the books. A class: see `OrderTerms`.
final class HoldingPrice: Sendable {
    let price: ExactDecimal
    let currency: Currency
    let asOf: WallTime
    let delaySeconds: Int32
    let isStale: Bool
    let source: String

    init(_ price: Amount, _ quote: MarketQuote) {
        self.price = price.value
        currency = price.currency
        asOf = WallTime(quote.asOf)
        delaySeconds = quote.delaySeconds
        isStale = quote.stale
        source = quote.source
    }

    /// All shares of a holding, rounded to whole cash.
    func worth(of position: Position) throws(DecimalError) -> ExactDecimal {
        try position.owned().multiplied(by: price, scale: currency.minorUnits, rounding: .halfEven)
    }
}

extension Position {
    /// Whether there are shares.
    var isOpen: Bool { available.signum > 0 || held.signum > 0 }
}
