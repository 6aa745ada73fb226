import Money
import Plugin
import RPC

/// Splits and dividends as `stock/{symbol}/splits/{range}` and `…/dividends/{range}` have them.
enum IEXActions {
    /// How far back the longest range reaches, in days: five years.
    static let longestDays = 1825

    /// `fromFactor` shares become `toFactor`.
    static func splits(_ value: JSONValue, _ symbol: String) throws(QuoteSourceError) -> [CorporateAction] {
        try rows(value).map { row throws(QuoteSourceError) in
            let day = try exDay(row, symbol)
            guard let from = row["fromFactor"]?.decimal, let into = row["toFactor"]?.decimal,
                let kind = CorporateAction.Kind.split(old: from, new: into)
            else { throw IEXVerdict.malformed("has a split of \(symbol) on \(day) without its ratio") }
            return CorporateAction(id: "\(symbol)-split-\(day)", symbol: symbol, kind: kind, exDay: day)
        }
    }

    /// Those with an amount; the interface lists those too whose amount is not known yet, as empty or 0.
    static func dividends(_ value: JSONValue, _ symbol: String) throws(QuoteSourceError) -> [CorporateAction] {
        var actions: [CorporateAction] = []
        var seen: [CalendarDate: Int] = [:]
        for row in try rows(value) {
            let day = try exDay(row, symbol)
            guard let amount = try amount(row["amount"], symbol, day) else { continue }
            // A special dividend may share its day with the usual one.
            seen[day, default: 0] += 1
            let number = seen[day, default: 1]
            actions.append(
                CorporateAction(
                    id: "\(symbol)-dividend-\(day)" + (number > 1 ? "-\(number)" : ""),
                    symbol: symbol,
                    kind: .dividend(perShare: amount, currency: try IEXQuote.currency(row["currency"], symbol)),
                    exDay: day,
                    recordDay: row["recordDate"]?.day,
                    payableDay: row["paymentDate"]?.day
                )
            )
        }
        return actions
    }

    /// Oldest first; a split before the dividends of its day.
    static func sorted(_ actions: [CorporateAction]) -> [CorporateAction] {
        actions.enumerated().sorted {
            ($0.element.exDay, $0.offset) < ($1.element.exDay, $1.offset)
        }.map(\.element)
    }

    private static func rows(_ value: JSONValue) throws(QuoteSourceError) -> [JSONValue] {
        guard let rows = value.array else { throw IEXVerdict.malformed("has no list of actions") }
        return rows
    }

    private static func exDay(_ row: JSONValue, _ symbol: String) throws(QuoteSourceError) -> CalendarDate {
        guard let day = row["exDate"]?.day else {
            throw IEXVerdict.malformed("has an action of \(symbol) without its day")
        }
        return day
    }

    /// A number, or a text with one, as the age of the answer is.
    private static func amount(
        _ value: JSONValue?,
        _ symbol: String,
        _ day: CalendarDate
    ) throws(QuoteSourceError) -> ExactDecimal? {
        guard let value, !value.isNull, value.string != "" else { return nil }
        guard let amount = value.decimal ?? value.string.flatMap({ try? ExactDecimal(jsonNumber: $0) }),
            !amount.isNegative
        else { throw IEXVerdict.malformed("has a dividend of \(symbol) on \(day) that is none") }
        return amount.isZero ? nil : amount
    }
}
