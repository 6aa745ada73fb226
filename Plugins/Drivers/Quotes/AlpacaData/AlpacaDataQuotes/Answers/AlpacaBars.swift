import Money
import Observe
import Plugin
import RPC

/// Days as `v2/stocks/bars` has them: pages of an object by symbol. A page may have none of a symbol that the next has.
enum AlpacaBars {
    /// The first day that Alpaca has.
    static let firstDay = CalendarDate(year: 2016, month: 1, day: 1) ?? .earliest
    /// How long after the close a bar of the day is complete and in every plan, in seconds.
    static let settling = 20 * 60

    /// The newest day that had ended by then, or a day off after it.
    static func lastEnded(_ now: WallTime) -> CalendarDate {
        let earlier = now.advanced(by: .seconds(-(NewYorkTime.close + settling)))
        return NewYorkTime.local(earlier)?.day ?? .earliest
    }

    /// What to ask for: raw bars of all exchanges, oldest first.
    static func query(_ symbol: String, from first: CalendarDate, through last: CalendarDate) -> [(String, String)] {
        [
            ("symbols", symbol), ("timeframe", "1Day"), ("start", "\(first)"), ("end", "\(last)"),
            ("adjustment", "raw"), ("feed", AlpacaFeed.sip.rawValue), ("limit", "10000"), ("sort", "asc"),
        ]
    }

    /// Adds the bars of a page to those of the pages before.
    static func append(_ page: JSONValue, _ symbol: String, to bars: inout [SourceBar]) throws(QuoteSourceError) {
        guard let symbols = page["bars"] else { throw AlpacaVerdict.malformed("has no bars") }
        // No bars at all are null.
        guard !symbols.isNull else { return }
        guard let lists = symbols.object else { throw AlpacaVerdict.malformed("has no bars by symbol") }
        guard let list = lists[symbol], !list.isNull else { return }
        guard let rows = list.array else { throw AlpacaVerdict.malformed("has no list of bars") }
        for row in rows {
            let bar = try bar(row)
            if let last = bars.last, last.day >= bar.day {
                throw AlpacaVerdict.malformed("has \(bar.day) after \(last.day)")
            }
            bars.append(bar)
        }
    }

    private static func bar(_ row: JSONValue) throws(QuoteSourceError) -> SourceBar {
        // A day begins at midnight in New York.
        guard let day = row["t"]?.moment.flatMap({ NewYorkTime.local($0)?.day }) else {
            throw AlpacaVerdict.malformed("has a bar without its time")
        }
        guard let open = row["o"]?.price, let high = row["h"]?.price, let low = row["l"]?.price,
            let close = row["c"]?.price, let volume = row["v"]?.whole
        else { throw AlpacaVerdict.malformed("has no prices of \(day)") }
        let bar = SourceBar(
            day: day,
            open: open,
            high: high,
            low: low,
            close: close,
            volume: volume,
            origin: .real
        )
        guard bar.isConsistent else { throw AlpacaVerdict.malformed("has prices of \(day) that contradict each other") }
        return bar
    }
}
