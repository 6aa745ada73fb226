import Money
import Plugin

/// How long a bar of a history is.
enum BarInterval: String, CaseIterable {
    case day = "1d"
    /// Monday to Sunday.
    case week = "1w"
    /// Of the calendar.
    case month = "1m"

    /// Joins daily bars, oldest first: the first open, the last close, the extremes, all volume, and the first day.
    func join(_ bars: [HistoryBar]) -> [HistoryBar] {
        guard self != .day else { return bars }
        var joined: [HistoryBar] = []
        var current: Int?
        for bar in bars {
            let span = span(of: bar.day)
            if span == current, let last = joined.indices.last {
                joined[last].high = max(joined[last].high, bar.high)
                joined[last].low = min(joined[last].low, bar.low)
                joined[last].close = bar.close
                joined[last].volume += bar.volume
            } else {
                joined.append(bar)
                current = span
            }
        }
        return joined
    }

    /// A number that all days of one bar share.
    private func span(of day: CalendarDate) -> Int {
        switch self {
        case .day: day.daysSinceEpoch
        case .week: day.daysSinceEpoch - day.weekday
        case .month: day.year * 12 + day.month
        }
    }
}
