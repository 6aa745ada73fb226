import Money
import Plugin
import RPC

/// Splits and cash dividends as `v1/corporate-actions` has them: pages of lists by kind.
struct AlpacaActions {
    let symbol: String
    private var splits: [CorporateAction] = []
    private var dividends: [CorporateAction] = []

    init(symbol: String) { self.symbol = symbol }

    /// What to ask for: everything up to a day, oldest first.
    static func query(_ symbol: String, through today: CalendarDate) -> [(String, String)] {
        [
            ("symbols", symbol), ("types", "forward_split,reverse_split,cash_dividend"),
            ("start", "\(AlpacaBars.firstDay)"), ("end", "\(today)"), ("limit", "1000"), ("sort", "asc"),
        ]
    }

    /// Whether no page had any.
    var isEmpty: Bool { splits.isEmpty && dividends.isEmpty }

    /// Oldest first; a split before the dividends of its day.
    var sorted: [CorporateAction] {
        (splits + dividends).enumerated().sorted {
            ($0.element.exDay, $0.offset) < ($1.element.exDay, $1.offset)
        }.map(\.element)
    }

    /// Adds those of a page.
    mutating func append(_ page: JSONValue) throws(QuoteSourceError) {
        guard let kinds = page["corporate_actions"]?.object else {
            throw AlpacaVerdict.malformed("has no corporate actions")
        }
        for kind in ["forward_splits", "reverse_splits"] {
            for row in try rows(kinds[kind]) { splits.append(try split(row)) }
        }
        for row in try rows(kinds["cash_dividends"]) { dividends.append(try dividend(row)) }
    }

    private func rows(_ value: JSONValue?) throws(QuoteSourceError) -> [JSONValue] {
        guard let value, !value.isNull else { return [] }
        guard let rows = value.array else { throw AlpacaVerdict.malformed("has no list of actions") }
        return rows.filter { $0["symbol"]?.string == symbol }
    }

    private func split(_ row: JSONValue) throws(QuoteSourceError) -> CorporateAction {
        let day = try exDay(row)
        guard let old = row["old_rate"]?.decimal, let new = row["new_rate"]?.decimal,
            let kind = CorporateAction.Kind.split(old: old, new: new)
        else { throw AlpacaVerdict.malformed("has a split of \(symbol) on \(day) without its ratio") }
        return action("split", kind, day, row, known: splits)
    }

    private func dividend(_ row: JSONValue) throws(QuoteSourceError) -> CorporateAction {
        let day = try exDay(row)
        guard let rate = row["rate"]?.price else {
            throw AlpacaVerdict.malformed("has a dividend of \(symbol) on \(day) that is none")
        }
        return action("dividend", .dividend(perShare: rate, currency: .usd), day, row, known: dividends)
    }

    /// A special dividend may share its day with the usual one: its id has a number then.
    private func action(
        _ word: String,
        _ kind: CorporateAction.Kind,
        _ day: CalendarDate,
        _ row: JSONValue,
        known: [CorporateAction]
    ) -> CorporateAction {
        let number = known.count { $0.exDay == day } + 1
        let isDividend = word == "dividend"
        return CorporateAction(
            id: "\(symbol)-\(word)-\(day)" + (number > 1 ? "-\(number)" : ""),
            symbol: symbol,
            kind: kind,
            exDay: day,
            // Shares of a split may be delivered before its ex day; what counts for a split is that day alone.
            recordDay: isDividend ? row["record_date"]?.day : nil,
            payableDay: isDividend ? row["payable_date"]?.day : nil
        )
    }

    private func exDay(_ row: JSONValue) throws(QuoteSourceError) -> CalendarDate {
        guard let day = row["ex_date"]?.day else {
            throw AlpacaVerdict.malformed("has an action of \(symbol) without its day")
        }
        return day
    }
}
