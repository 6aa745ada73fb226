import Contracts

/// What a stream of prices has still to send: of each symbol the newest price alone, in the order in which they came
/// first. A value; it never holds more than there are symbols.
struct NewestQuotes: Sendable {
    private var order: [String] = []
    private var quotes: [String: MarketQuote] = [:]

    /// A price has come; it takes the place of an older one that nobody has been sent.
    mutating func put(_ quote: MarketQuote) {
        if quotes.updateValue(quote, forKey: quote.symbol) == nil { order.append(quote.symbol) }
    }

    /// The next one to send; nil if all are sent.
    mutating func take() -> MarketQuote? {
        guard !order.isEmpty else { return nil }
        return quotes.removeValue(forKey: order.removeFirst())
    }
}
