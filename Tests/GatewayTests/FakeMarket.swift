import Contracts
import RPC

/// A market where everything has a price.
struct FakeMarket: MarketServing {
    func getQuote(_ request: MarketGetQuoteRequest, _ context: CallContext) async throws -> MarketQuote {
        var quote = MarketQuote()
        quote.symbol = request.symbol
        return quote
    }
}
