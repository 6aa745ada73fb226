public import Config
import Contracts
import HTTP
public import Plugin
public import RPC

/// GET /hello/{symbol}: the price of a share in a sentence.
public struct HelloPlugin: Plugin {
    /// What LONJA_PLUGIN calls it.
    public static var name: StaticString { "hello" }
    /// The keys it reads: hello.word, or LONJA_HELLO_WORD. Any other key that begins with hello. stops the start.
    public static var settings: [Setting] { [.string("hello.word", default: "Hello", "how the sentence begins")] }
    private let word: String
    private let market: MarketClient

    /// Comes first; opens nothing. The market is in this process or another: the code is the same.
    public init(context: PluginContext) throws {
        word = context.settings.string("hello.word")
        market = MarketClient(context.peer("market"))
    }

    /// What it serves over HTTP. An error of the market becomes a problem+json answer with the right status.
    public var routes: [RESTRoute] {
        let sentence = RESTRoute(.get, "/hello/{symbol}", for: .anybody) { [self] request, context in
            var wanted = MarketGetQuoteRequest()
            wanted.symbol = try request.path("symbol")
            let quote = try await market.getQuote(wanted, context)
            return .text("\(word), \(quote.name) is at \(quote.price.amount) \(quote.price.currency).\n")
        }
        return [sentence]
    }
}
