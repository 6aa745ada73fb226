import Contracts
import Observe
import RPC
import SwiftProtobuf

extension GatewayHandlers {
    /// The symbols are tried before the head is sent: a stream that has begun can no longer say what was wrong.
    func streamQuotes(
        symbols: [String],
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        var first = MarketGetQuotesRequest()
        first.symbols = symbols
        let found = try await market.getQuotes(first, context.with(timeout: .seconds(10)))
        if let missing = found.missing.first {
            let code: RPCError.Code = missing.problem == "unknown-symbol" ? .notFound : .unavailable
            throw RPCError(code, "no price of \(missing.symbol)")
        }
        return .events { [market] events in
            var request = MarketStreamQuotesRequest()
            request.symbols = symbols
            try await QuoteFeed().run { [request] put in
                try await market.streamQuotes(request, context) { quotes in
                    for try await quote in quotes { put(quote) }
                }
            } _: { quote in
                try await events.send("quote", id: Self.id(quote), quote)
            }
        }
    }

    /// The moment of the price. Nothing has to be found by it: whoever comes again, with or without `Last-Event-ID`, has
    /// the newest price of each symbol at once, and what was between is worth nothing any more.
    private static func id(_ quote: MarketQuote) -> String {
        WallTime(secondsSinceEpoch: quote.asOf.seconds, nanoseconds: Int64(quote.asOf.nanos)).description
    }
}
