import Money
import Observe
import Plugin
import RPC

/// Quotes as `v2/stocks/snapshots` has them: an object by symbol, without anything around it.
enum AlpacaSnapshots {
    /// The quotes of those of `symbols` that the answer has; one that is not known is absent or null.
    static func read(
        _ value: JSONValue,
        _ symbols: [String],
        _ feed: AlpacaFeed
    ) throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        guard let entries = value.object else { throw AlpacaVerdict.malformed("has no symbols") }
        var found: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for symbol in symbols {
            guard let entry = entries[symbol], !entry.isNull else { continue }
            found[symbol] = Result { () throws(QuoteSourceError) in try quote(entry, symbol, feed) }
        }
        return found
    }

    private static func quote(
        _ value: JSONValue,
        _ symbol: String,
        _ feed: AlpacaFeed
    ) throws(QuoteSourceError) -> SourceQuote {
        guard value.object != nil else { throw AlpacaVerdict.malformed("has no snapshot of \(symbol)") }
        guard let trade = value["latestTrade"], !trade.isNull else {
            throw QuoteSourceError(.stale, "the source has no price of \(symbol) now")
        }
        guard let price = trade["p"]?.price else {
            throw AlpacaVerdict.malformed("has a price of \(symbol) that is none")
        }
        guard let asOf = trade["t"]?.moment, let today = NewYorkTime.local(asOf)?.day else {
            throw AlpacaVerdict.malformed("has a price of \(symbol) without its time")
        }
        // Before the opening, the daily bar is still the one of the trading day before.
        let daily = value["dailyBar"].flatMap { $0.isNull ? nil : $0 }
        let isToday = daily?["t"]?.moment.flatMap { NewYorkTime.local($0)?.day } == today
        let before = isToday ? value["prevDailyBar"] : daily
        let quote = value["latestQuote"]
        return SourceQuote(
            symbol: symbol,
            price: price,
            currency: .usd,
            asOf: asOf,
            delaySeconds: feed.delaySeconds,
            session: NewYorkTime.session(at: asOf),
            origin: .real,
            previousClose: before?["c"]?.price,
            open: isToday ? daily?["o"]?.price : nil,
            high: isToday ? daily?["h"]?.price : nil,
            low: isToday ? daily?["l"]?.price : nil,
            volume: isToday ? daily?["v"]?.whole.flatMap { $0 >= 0 ? $0 : nil } : nil,
            bid: quote?["bp"]?.price,
            ask: quote?["ap"]?.price
        )
    }
}
