import Contracts
import Money
import Observe
import Plugin
import RPC

/// Makes the answer of a quote: name, change since the close before, how late it is.
struct PriceRenderer: Sendable {
    let chain: SourceChain
    let facts: SourceFacts
    let now: @Sendable () -> WallTime

    /// A change of so much may come of a split: then, and always in a replay, whose splits cost nothing to know, the
    /// source is asked for them.
    static let suspicious: ExactDecimal = "0.04"

    /// - Throws: `malformed` for a quote that makes no sense.
    func render(_ sourced: SourcedQuote) async throws(QuoteSourceError) -> KnownPrice {
        let (quote, label) = (sourced.quote, sourced.label)
        let link = chain.links.first { $0.isFallback == label.isFallback } ?? chain.primary
        // A source that has prices but no list of companies at the moment still gives prices.
        let name = (try? await facts.directory(link, label))?.name(quote.symbol) ?? ""
        let previous = await previousClose(of: quote, link, label)
        do {
            guard quote.price > .zero else {
                throw QuoteSourceError(.malformed, "the price of \(quote.symbol) is not above zero")
            }
            let change = try previous.map { close throws(DecimalError) in
                try PriceChange(price: quote.price, previousClose: close)
            }
            let message = MarketQuote(
                quote,
                name: name,
                previousClose: previous,
                change: change,
                label: label,
                now: now()
            )
            return KnownPrice(message, label, staleFrom: Staleness.begins(quote, label.timeliness))
        } catch let error as QuoteSourceError {
            throw error
        } catch {
            throw QuoteSourceError(.malformed, "the price of \(quote.symbol) cannot be compared with its close before")
        }
    }

    /// The close before in shares of the quote's day: on the day of a split it is divided.
    private func previousClose(of quote: SourceQuote, _ link: SourceLink, _ label: SourceLabel) async -> ExactDecimal? {
        guard let close = quote.previousClose, close > .zero else { return nil }
        guard let day = NewYorkTime.local(quote.asOf)?.day, label.isReplayed || isSuspicious(quote.price, close) else {
            return close
        }
        guard let actions = try? await facts.actions(quote.symbol, link, label, day: day) else { return close }
        return (try? SplitAdjustment(actions).ratio(from: day, through: day).price(close)) ?? close
    }

    private func isSuspicious(_ price: ExactDecimal, _ close: ExactDecimal) -> Bool {
        guard let change = try? PriceChange(price: price, previousClose: close) else { return true }
        return change.fraction.magnitude >= Self.suspicious
    }
}
