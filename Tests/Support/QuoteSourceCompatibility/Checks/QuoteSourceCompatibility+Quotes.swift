import Money
import Plugin

extension QuoteSourceCompatibility {
    /// Quotes are whole, exact, and one for each symbol.
    static let quotes: [QuoteCheck] = [
        QuoteCheck("a quote has the digits of the source") { end in
            let source = try end.source(.normal)
            for (symbol, expected) in end.facts.quotes.sorted(by: { $0.key < $1.key }) {
                let quote = try await quote(symbol, source)
                try QuoteViolation.unless(quote == expected, "\(quote)\ninstead of \(expected)")
                try QuoteViolation.unless(
                    quote.price.description == expected.price.description,
                    "\(symbol) has price \(quote.price), written \(expected.price) by the source"
                )
            }
            await source.close()
        },
        QuoteCheck("each symbol has one result, and those that fail harm no other") { end in
            let source = try end.source(.normal)
            let good = end.facts.quotes.keys.sorted()
            let asked = good + end.facts.unknown + end.facts.failing.keys.sorted()
            try QuoteViolation.unless(asked.count <= source.capabilities.batchSize, "the facts do not fit a batch")
            let answers = try await source.quotes(asked)
            try QuoteViolation.unless(
                Set(answers.keys) == Set(asked),
                "results for \(answers.keys.sorted()), asked for \(asked.sorted())"
            )
            for symbol in good {
                guard case .success(let quote) = answers[symbol] else {
                    throw QuoteViolation(description: "\(symbol): \(String(describing: answers[symbol]))")
                }
                try QuoteViolation.unless(quote.symbol == symbol, "a quote of \(quote.symbol) for \(symbol)")
            }
            for symbol in end.facts.unknown { try failed(answers[symbol], .unknownSymbol, symbol) }
            for (symbol, code) in end.facts.failing { try failed(answers[symbol], code, symbol) }
            await source.close()
        },
        QuoteCheck("only unknown symbols are only unknown symbols") { end in
            let source = try end.source(.normal)
            let answers = try await source.quotes(end.facts.unknown)
            try QuoteViolation.unless(answers.count == end.facts.unknown.count, "\(answers)")
            for symbol in end.facts.unknown { try failed(answers[symbol], .unknownSymbol, symbol) }
            for symbol in end.facts.unknown {
                let alone = try await source.quotes([symbol])
                try failed(alone[symbol], .unknownSymbol, symbol)
            }
            await source.close()
        },
        QuoteCheck("no symbols need no request") { end in
            let source = try end.source(.normal)
            let before = try await end.requestCount()
            let answers = try await source.quotes([])
            try QuoteViolation.unless(answers.isEmpty, "\(answers)")
            let after = try await end.requestCount()
            try QuoteViolation.unless(before == after, "\(before ?? 0) requests before, \(after ?? 0) after")
            await source.close()
        },
        QuoteCheck("a full batch is one request and whole") { end in
            let source = try end.source(.normal)
            let symbols = Array(end.facts.many.prefix(source.capabilities.batchSize))
            let before = try await end.requestCount()
            let answers = try await source.quotes(symbols)
            if let before, let after = try await end.requestCount() {
                try QuoteViolation.unless(after - before == 1, "\(after - before) requests for one batch")
            }
            for symbol in symbols {
                guard case .success(let quote) = answers[symbol] else {
                    throw QuoteViolation(description: "\(symbol): \(String(describing: answers[symbol]))")
                }
                try sane(quote)
            }
            try QuoteViolation.unless(answers.count == symbols.count, "\(answers.count) of \(symbols.count)")
            await source.close()
        },
        QuoteCheck("texts that are no symbols are unknown ones, and reach nobody") { end in
            let source = try end.source(.normal)
            let texts = [
                "", " ", "a", "aapl", "A/B", "A,B", "A&token=x", "A?B", "A#B", "..", "../A", "A%2FB", "É", "A B",
                "A\nB",
                "1", "-A", "ABCDEFGHIJKLM", "A\u{0}",
            ]
            let before = try await end.requestCount()
            let answers = try await source.quotes(Array(texts.prefix(source.capabilities.batchSize)))
            for text in texts { try failed(answers[text], .unknownSymbol, text.debugDescription) }
            let day = try CalendarDate(parsing: "2012-06-01")
            for text in texts {
                try await fails(.unknownSymbol, "bars of \(text.debugDescription)") {
                    _ = try await source.bars(text, from: day, through: day)
                }
                try await fails(.unknownSymbol, "actions of \(text.debugDescription)") {
                    _ = try await source.actions(text)
                }
            }
            let after = try await end.requestCount()
            try QuoteViolation.unless(before == after, "\(before ?? 0) requests before, \(after ?? 0) after")
            await source.close()
        },
    ]

    // MARK: Helpers

    static func quote(_ symbol: String, _ source: any QuoteSource) async throws -> SourceQuote {
        let answers = try await source.quotes([symbol])
        switch answers[symbol] {
        case .success(let quote): return quote
        case let other: throw QuoteViolation(description: "\(symbol): \(String(describing: other))")
        }
    }

    /// What holds of every quote.
    static func sane(_ quote: SourceQuote) throws {
        try QuoteViolation.unless(quote.price > .zero, "\(quote.symbol) costs \(quote.price)")
        try QuoteViolation.unless(quote.delaySeconds >= 0, "\(quote.symbol) is \(quote.delaySeconds) s late")
        for price in [quote.previousClose, quote.open, quote.high, quote.low, quote.bid, quote.ask] {
            try QuoteViolation.unless((price ?? .one) > .zero, "\(quote.symbol): a price that is unknown is nil, not 0")
        }
        if let high = quote.high, let low = quote.low {
            try QuoteViolation.unless(low <= high, "\(quote.symbol): low \(low), high \(high)")
        }
        try QuoteViolation.unless((quote.volume ?? 0) >= 0, "\(quote.symbol): volume below zero")
    }

    static func failed(
        _ result: Result<SourceQuote, QuoteSourceError>?,
        _ code: QuoteSourceError.Code,
        _ symbol: String
    ) throws {
        guard case .failure(let error) = result, error.code == code else {
            throw QuoteViolation(description: "\(symbol): \(String(describing: result)) instead of \(code)")
        }
    }

    /// The error of `body`, which must be of `code`.
    @discardableResult
    static func fails(
        _ code: QuoteSourceError.Code,
        _ what: String,
        _ body: () async throws -> Void
    ) async throws -> QuoteSourceError {
        do {
            try await body()
        } catch let error as QuoteSourceError where error.code == code {
            return error
        } catch {
            throw QuoteViolation(description: "\(what): \(error), instead of \(code)")
        }
        throw QuoteViolation(description: "\(what): no error, instead of \(code)")
    }
}
