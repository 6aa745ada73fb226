import Contracts
import RPC

/// GET /api/v1/quotes/stream: prices as server-sent events named `quote`; the service repeats prices that do not change.
struct QuoteStream: Sendable {
    let market: MarketClient

    var route: RESTRoute {
        RESTRoute(events: "/api/v1/quotes/stream") { [self] request, context in
            let symbols = try request.queryList("symbols", as: String.self)
            try request.finish()
            return try await answer(symbols, context)
        }
    }

    /// The symbols are tried before the head is sent: a stream that has begun can no longer say what was wrong.
    private func answer(_ symbols: [String], _ context: CallContext) async throws -> RESTResponse {
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
            try await market.streamQuotes(request, context) { quotes in
                for try await quote in quotes { try await events.send("quote", quote) }
            }
        }
    }
}
