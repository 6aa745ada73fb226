import Money
import Plugin
import RPC

/// Days as `stock/{symbol}/chart/{range}` has them: `open` and the like are adjusted for splits, `uOpen` is as traded.
enum IEXBars {
    private static let names = ["uOpen", "uHigh", "uLow", "uClose"]

    /// The days, oldest first; rows without any price are days without trade.
    static func read(_ value: JSONValue) throws(QuoteSourceError) -> [SourceBar] {
        guard let rows = value.array else { throw IEXVerdict.malformed("has no days") }
        var bars: [SourceBar] = []
        bars.reserveCapacity(rows.count)
        for row in rows {
            if let bar = try bar(row) { bars.append(bar) }
        }
        bars.sort { $0.day < $1.day }
        for (one, next) in zip(bars, bars.dropFirst()) where one.day == next.day {
            throw IEXVerdict.malformed("has \(one.day) twice")
        }
        return bars
    }

    private static func bar(_ row: JSONValue) throws(QuoteSourceError) -> SourceBar? {
        guard let day = row["date"]?.day else {
            throw IEXVerdict.malformed("has a row without its date")
        }
        let fields = names.map { row[$0] }
        if fields.allSatisfy({ $0?.isNull == true }) { return nil }
        let prices = fields.map { $0?.price }
        guard let open = prices[0], let high = prices[1], let low = prices[2], let close = prices[3],
            let volume = row["uVolume"]?.whole ?? row["volume"]?.whole
        else { throw IEXVerdict.malformed("has no prices as traded of \(day)") }
        let bar = SourceBar(
            day: day,
            open: open,
            high: high,
            low: low,
            close: close,
            volume: volume,
            origin: .real
        )
        guard bar.isConsistent else { throw IEXVerdict.malformed("has prices of \(day) that contradict each other") }
        return bar
    }
}
