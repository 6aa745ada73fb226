import Contracts
import HTTP
import RPC

/// GET /api/v1/quotes/stream: prices as server-sent events named `quote`; the service repeats prices that do not change.
struct QuoteStream: Sendable {
    let market: MarketClient

    var route: RESTRoute {
        RESTRoute(.get, "/api/v1/quotes/stream") { [self] request, context in
            let symbols = try request.queryList("symbols", as: String.self)
            try request.finish()
            return try await answer(symbols, context)
        }
    }

    /// The symbols are tried before the head is sent: a stream that has begun can no longer say what was wrong.
    private func answer(_ symbols: [String], _ context: CallContext) async throws -> RESTResponse {
        var first = MarketGetQuotesRequest()
        first.symbols = symbols
        let found = try await market.getQuotes(first, context)
        if let missing = found.missing.first {
            let code: RPCError.Code = missing.problem == "unknown-symbol" ? .notFound : .unavailable
            throw RPCError(code, "no price of \(missing.symbol)")
        }
        let fields: HTTPFields = ["content-type": "text/event-stream", "cache-control": "no-store"]
        return RESTResponse(
            status: 200,
            fields: fields,
            body: .stream { [self] writer in
                // A stream has no deadline: it ends when one of both sides goes.
                var endless = CallContext.root()
                endless.trace = context.trace
                try await send(symbols, endless, writer)
            }
        )
    }

    private func send(_ symbols: [String], _ context: CallContext, _ writer: HTTPBodyWriter) async throws {
        var request = MarketStreamQuotesRequest()
        request.symbols = symbols
        try await writer.write("retry: 2000\n\n")
        try await market.streamQuotes(request, context) { quotes in
            for try await quote in quotes {
                try await writer.write(Self.event(quote))
            }
        }
    }

    /// One event; JSON has no line breaks, so it is one line of data.
    static func event(_ quote: MarketQuote) -> [UInt8] {
        Array("event: quote\ndata: ".utf8) + JSONWriter.bytes(quote) + Array("\n\n".utf8)
    }
}
