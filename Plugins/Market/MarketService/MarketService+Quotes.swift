import Contracts
import Money
import Observe
import Plugin
import RPC

extension MarketService {
    func getQuote(_ request: MarketGetQuoteRequest, _ context: CallContext) async throws -> MarketQuote {
        try SymbolSyntax.check(request.symbol)
        return try await use { source in
            let answers = try await source.quotes([request.symbol])
            guard let answer = answers[request.symbol] else { throw Self.noAnswer(request.symbol) }
            return try await message(answer.get(), source)
        }
    }

    func getQuotes(_ request: MarketGetQuotesRequest, _ context: CallContext) async throws -> MarketGetQuotesResponse {
        let symbols = try SymbolSyntax.list(request.symbols, atMost: Self.mostSymbols)
        return try await use { source in
            let answers = try await quotes(symbols, source)
            var response = MarketGetQuotesResponse()
            for symbol in symbols {
                do throws(QuoteSourceError) {
                    guard let answer = answers[symbol] else { throw Self.noAnswer(symbol) }
                    response.items.append(try await message(answer.get(), source))
                } catch {
                    var missing = MarketMissingQuote()
                    missing.symbol = symbol
                    missing.problem = error.problem
                    response.missing.append(missing)
                }
            }
            return response
        }
    }

    /// Every symbol once, then each that has changed, at most once a second; one that has not changed is repeated after
    /// fifteen seconds, so that both sides notice a broken connection.
    func streamQuotes(
        _ request: MarketStreamQuotesRequest,
        _ responses: RPCWriter<MarketQuote>,
        _ context: CallContext
    ) async throws {
        let symbols = try SymbolSyntax.list(request.symbols, atMost: Self.mostSymbols)
        try await stream(symbols) { try await responses.write($0) }
    }

    /// Never returns but by throwing: NOT_FOUND at the beginning if a symbol is unknown.
    func stream(_ symbols: [String], _ write: (MarketQuote) async throws -> Void) async throws {
        var changes = QuoteChanges()
        while true {
            let messages = try await use { source in
                var messages: [MarketQuote] = []
                let answers = try await quotes(symbols, source)
                for symbol in symbols {
                    switch answers[symbol] ?? .failure(Self.noAnswer(symbol)) {
                    case .success(let quote):
                        if changes.isNews(quote, at: now()) { messages.append(try await message(quote, source)) }
                    // What is listed now and was not asked for wrongly may come back.
                    case .failure(let error): if changes.isEmpty || error.code == .unknownSymbol { throw error }
                    }
                }
                return messages
            }
            for message in messages { try await write(message) }
            try await pause(.seconds(1))
        }
    }

    /// In as many calls as the source wants.
    private func quotes(
        _ symbols: [String],
        _ source: any QuoteSource
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        let size = source.capabilities.batchSize
        if symbols.count <= size { return try await source.quotes(symbols) }
        var answers: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for start in stride(from: 0, to: symbols.count, by: size) {
            let batch = Array(symbols[start..<min(start + size, symbols.count)])
            answers.merge(try await source.quotes(batch)) { first, _ in first }
        }
        return answers
    }

    private func message(_ quote: SourceQuote, _ source: any QuoteSource) async throws(QuoteSourceError) -> MarketQuote
    {
        let capabilities = source.capabilities
        let previous = try await previousClose(of: quote, source)
        let moment = now()
        let name = await memory.name(quote.symbol, of: source) ?? ""
        do {
            let change = try previous.map { close throws(DecimalError) in
                try PriceChange(price: quote.price, previousClose: close)
            }
            return MarketQuote(
                quote,
                name: name,
                previousClose: previous,
                change: change,
                capabilities: capabilities,
                now: moment
            )
        } catch {
            throw QuoteSourceError(.malformed, "the price of \(quote.symbol) cannot be compared with its close before")
        }
    }

    /// The close before in shares of the quote's day: on the day of a split it is divided.
    private func previousClose(
        of quote: SourceQuote,
        _ source: any QuoteSource
    ) async throws(QuoteSourceError) -> ExactDecimal? {
        guard let close = quote.previousClose, close > .zero else { return nil }
        let day = CalendarDate(secondsSinceEpoch: Int(quote.asOf.secondsSinceEpoch))
        guard let day else { return close }
        // A source that has prices but no actions at the moment still gives prices.
        guard let actions = try? await memory.actions(quote.symbol, of: source, day: day) else { return close }
        return (try? SplitAdjustment(actions).ratio(from: day, through: day).price(close)) ?? close
    }

    private static func noAnswer(_ symbol: String) -> QuoteSourceError {
        QuoteSourceError(.upstream, "the source said nothing of \(symbol)")
    }
}
