import Money
import Observe
import Plugin
import RPC

/// Quotes as `stock/market/batch?types=quote` has them.
enum IEXQuote {
    /// How late the prices of a source are that is none of those known here, and of the one that says so.
    static let delay = 900

    /// The quotes of those of `symbols` that the answer has.
    static func batch(
        _ value: JSONValue,
        _ symbols: [String]
    ) throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        guard let entries = value.object else { throw IEXVerdict.malformed("has no symbols") }
        var found: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for symbol in symbols {
            guard let entry = entries[symbol], !entry.isNull else { continue }
            guard let quote = entry["quote"] else {
                found[symbol] = .failure(IEXVerdict.malformed("has no quote of \(symbol)"))
                continue
            }
            if quote.isNull { continue }
            found[symbol] = Result { () throws(QuoteSourceError) in try read(quote, symbol) }
        }
        return found
    }

    static func read(_ value: JSONValue, _ symbol: String) throws(QuoteSourceError) -> SourceQuote {
        guard value["symbol"]?.string == symbol else {
            throw IEXVerdict.malformed("has a quote of something else for \(symbol)")
        }
        guard let latest = value["latestPrice"], !latest.isNull else {
            throw QuoteSourceError(.stale, "the source has no price of \(symbol) now")
        }
        guard let price = latest.price else { throw IEXVerdict.malformed("has a price of \(symbol) that is none") }
        guard let asOf = value["latestUpdate"]?.milliseconds else {
            throw IEXVerdict.malformed("has a price of \(symbol) without its time")
        }
        let currency = try currency(value["currency"], symbol)
        let source = value["latestSource"]?.string ?? ""
        let isClose = source == "Close" || source == "Previous close"
        return SourceQuote(
            symbol: symbol,
            price: price,
            currency: currency,
            asOf: asOf,
            delaySeconds: isClose || source == "IEX real time price" ? 0 : delay,
            session: isClose ? .closed : NewYorkTime.session(at: asOf),
            origin: .real,
            previousClose: value["previousClose"]?.price,
            open: value["open"]?.price,
            high: value["high"]?.price,
            low: value["low"]?.price,
            volume: value["latestVolume"]?.whole.flatMap { $0 >= 0 ? $0 : nil },
            bid: value["iexBidPrice"]?.price,
            ask: value["iexAskPrice"]?.price
        )
    }

    /// Early answers have no currency: they are of the United States only.
    static func currency(_ value: JSONValue?, _ symbol: String) throws(QuoteSourceError) -> Currency {
        guard let value, !value.isNull, value.string != "" else { return .usd }
        guard let currency = value.string.flatMap({ try? Currency(parsing: $0) }) else {
            throw IEXVerdict.malformed("has a currency of \(symbol) that is none")
        }
        return currency
    }
}
