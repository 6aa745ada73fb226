import Money

/// How far back a history goes, from the last trading day that has ended.
enum HistoryRange: String, CaseIterable {
    case day = "1d"
    case week = "1w"
    case month = "1m"
    case quarter = "3m"
    case half = "6m"
    case year = "1y"
    case fiveYears = "5y"
    case all = "max"

    /// The days to ask a source for when today is `today`, both included.
    ///
    /// `1d` asks for two weeks: its one day may be before a holiday.
    func days(today: CalendarDate) -> (first: CalendarDate, last: CalendarDate) {
        let first: CalendarDate? =
            switch self {
            case .day: today.advanced(byDays: -14)
            case .week: today.advanced(byDays: -7)
            case .month: Self.months(1, before: today)
            case .quarter: Self.months(3, before: today)
            case .half: Self.months(6, before: today)
            case .year: Self.months(12, before: today)
            case .fiveYears: Self.months(60, before: today)
            case .all: .earliest
            }
        return (first ?? .earliest, today)
    }

    /// How many bars of the end are kept; nil for all.
    var keepsLast: Int? { self == .day ? 1 : nil }

    /// The same day of the month, or the last one of that month.
    private static func months(_ count: Int, before day: CalendarDate) -> CalendarDate? {
        let months = day.year * 12 + day.month - 1 - count
        for date in stride(from: day.day, through: max(1, day.day - 3), by: -1) {
            if let found = CalendarDate(year: months / 12, month: months % 12 + 1, day: date) { return found }
        }
        return nil
    }
}
