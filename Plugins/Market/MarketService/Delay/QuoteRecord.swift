import Money
import Observe
import Plugin

/// An observed quote as text, for the buffer that replicas share: values joined by `|`, an empty one for none. Bid and ask
/// are left out, as they are never shown late.
enum QuoteRecord {
    private static let count = 11

    static func encode(_ quote: SourceQuote) -> String {
        let values: [String] = [
            quote.price.description, quote.currency.code, String(quote.asOf.nanosecondsSinceEpoch),
            String(quote.delaySeconds), quote.session.rawValue, quote.origin.rawValue,
            quote.previousClose?.description ?? "", quote.open?.description ?? "", quote.high?.description ?? "",
            quote.low?.description ?? "", quote.volume.map { String($0) } ?? "",
        ]
        return values.joined(separator: "|")
    }

    /// Nil for what no replica of this version wrote.
    static func decode(_ text: Substring, symbol: String) -> SourceQuote? {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == count, let price = try? ExactDecimal(parsing: parts[0]),
            let currency = try? Currency(parsing: parts[1]), let time = Int64(parts[2]), let delay = Int(parts[3]),
            let session = SourceSession(rawValue: String(parts[4])), let origin = DataOrigin(rawValue: String(parts[5]))
        else { return nil }
        return SourceQuote(
            symbol: symbol,
            price: price,
            currency: currency,
            asOf: WallTime(nanosecondsSinceEpoch: time),
            delaySeconds: delay,
            session: session,
            origin: origin,
            previousClose: try? ExactDecimal(parsing: parts[6]),
            open: try? ExactDecimal(parsing: parts[7]),
            high: try? ExactDecimal(parsing: parts[8]),
            low: try? ExactDecimal(parsing: parts[9]),
            volume: Int(parts[10])
        )
    }
}
