import Contracts
import Plugin
import RPC

extension MarketService {
    func getQuote(_ request: MarketGetQuoteRequest, _ context: CallContext) async throws -> MarketQuote {
        try SymbolSyntax.check(request.symbol)
        do throws(QuoteSourceError) {
            return try await desk.quote(request.symbol)
        } catch {
            throw RPCError(source: error)
        }
    }

    func getQuotes(_ request: MarketGetQuotesRequest, _ context: CallContext) async throws -> MarketGetQuotesResponse {
        let symbols = try SymbolSyntax.list(request.symbols, atMost: Self.mostSymbols)
        let results: [Result<MarketQuote, QuoteSourceError>]
        do throws(QuoteSourceError) {
            results = try await desk.quotes(symbols)
        } catch {
            throw RPCError(source: error)
        }
        var response = MarketGetQuotesResponse()
        response.items.reserveCapacity(symbols.count)
        for (symbol, result) in zip(symbols, results) {
            switch result {
            case .success(let quote): response.items.append(quote)
            case .failure(let error):
                var missing = MarketMissingQuote()
                missing.symbol = symbol
                missing.problem = error.problem
                response.missing.append(missing)
            }
        }
        return response
    }

    /// Every symbol once, then each that has changed, at most once a second; one that has not changed is repeated after
    /// fifteen seconds. NOT_FOUND if one is unknown; RESOURCE_EXHAUSTED with reason `slow-reader` for who does not read.
    func streamQuotes(
        _ request: MarketStreamQuotesRequest,
        _ responses: RPCWriter<MarketQuote>,
        _ context: CallContext
    ) async throws {
        let symbols = try SymbolSyntax.list(request.symbols, atMost: Self.mostSymbols)
        do {
            try await hub.listen(symbols) { try await responses.write($0) }
        } catch let error as QuoteSourceError {
            throw RPCError(source: error)
        } catch is SlowReader {
            throw RPCError(.resourceExhausted, "the stream was not read for half a minute", reason: "slow-reader")
        }
    }
}
