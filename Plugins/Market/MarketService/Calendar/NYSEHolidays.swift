import Money

/// The days off of the New York Stock Exchange that are no weekend.
enum NYSEHolidays {
    /// The name of the holiday that keeps the exchange closed on this weekday; nil if it trades.
    static func name(of day: CalendarDate) -> String? {
        let (year, month, date) = day.components
        let weekday = day.weekday
        if let name = once[day.daysSinceEpoch] { return name }
        switch (month, weekday) {
        // On a Saturday it is not moved to the last day of the old year.
        case (1, _) where date == 1 || (date == 2 && weekday == 1): return "New Year's Day"
        case (1, 1) where year >= 1998 && isNth(3, date): return "Martin Luther King Jr. Day"
        case (2, 1) where isNth(3, date): return "Washington's Birthday"
        case (3, 5), (4, 5):
            return day.advanced(byDays: 2) == EasterDate.sunday(of: year) ? "Good Friday" : nil
        case (5, 1) where date >= 25: return "Memorial Day"
        case (6, _) where year >= 2022 && isObserved(19, date, weekday): return "Juneteenth"
        case (7, _) where isObserved(4, date, weekday): return "Independence Day"
        case (9, 1) where date <= 7: return "Labor Day"
        case (11, 4) where isNth(4, date): return "Thanksgiving Day"
        case (12, _) where isObserved(25, date, weekday): return "Christmas Day"
        default: return nil
        }
    }

    /// Whether a weekday stands for a holiday: of one on a Saturday the Friday before, of one on a Sunday the Monday after.
    private static func isObserved(_ holiday: Int, _ date: Int, _ weekday: Int) -> Bool {
        date == holiday || (weekday == 5 && date == holiday - 1) || (weekday == 1 && date == holiday + 1)
    }

    private static func isNth(_ number: Int, _ date: Int) -> Bool { (date - 1) / 7 == number - 1 }

    /// Days that no rule gives, since 1986, by days since 1970-01-01.
    private static let once: [Int: String] = {
        let september11 = "Attacks of 11 September"
        let named: [(Int, Int, Int, String)] = [
            (1994, 4, 27, "Mourning for Richard Nixon"), (2001, 9, 11, september11), (2001, 9, 12, september11),
            (2001, 9, 13, september11), (2001, 9, 14, september11), (2004, 6, 11, "Mourning for Ronald Reagan"),
            (2007, 1, 2, "Mourning for Gerald Ford"), (2012, 10, 29, "Hurricane Sandy"),
            (2012, 10, 30, "Hurricane Sandy"), (2018, 12, 5, "Mourning for George H. W. Bush"),
            (2025, 1, 9, "Mourning for Jimmy Carter"),
        ]
        return Dictionary(
            named.compactMap { year, month, day, name in
                CalendarDate(year: year, month: month, day: day).map { ($0.daysSinceEpoch, name) }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }()
}
