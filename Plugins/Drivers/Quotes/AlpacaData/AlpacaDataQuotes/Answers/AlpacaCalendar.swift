import Money
import Plugin
import RPC

/// Trading days as `v2/calendar` has them: times of the clock in New York, such as `09:30`.
enum AlpacaCalendar {
    /// Those asked for, oldest first.
    static func read(
        _ value: JSONValue,
        from first: CalendarDate,
        through last: CalendarDate
    ) throws(QuoteSourceError) -> [TradingDay] {
        guard let rows = value.array else { throw AlpacaVerdict.malformed("has no trading days") }
        var days: [TradingDay] = []
        for row in rows {
            guard let day = row["date"]?.day, let open = seconds(row["open"]), let close = seconds(row["close"]),
                open < close
            else { throw AlpacaVerdict.malformed("has a trading day that is none") }
            guard first <= day, day <= last else { continue }
            days.append(
                TradingDay(
                    day: day,
                    open: NewYorkTime.moment(day, seconds: open),
                    close: NewYorkTime.moment(day, seconds: close),
                    isShort: close < NewYorkTime.close
                )
            )
        }
        return days.sorted { $0.day < $1.day }
    }

    private static func seconds(_ value: JSONValue?) -> Int? {
        let parts = value?.string?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (2..<24).contains(hour),
            (0..<60).contains(minute)
        else { return nil }
        return hour * 3600 + minute * 60
    }
}
