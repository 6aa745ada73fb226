import Money

/// The days on which the New York Stock Exchange closes at 13:00: since 1993.
enum NYSEShortDays {
    /// Whether this trading day is one.
    static func contains(_ day: CalendarDate) -> Bool {
        let (year, month, date) = day.components
        guard year >= 1993 else { return false }
        switch (month, day.weekday) {
        case (7, let weekday): return isBesideIndependenceDay(year, date, weekday)
        // The day after the fourth Thursday.
        case (11, 5): return (23...29).contains(date)
        // On a Friday it is the holiday itself, as Christmas is a Saturday then.
        case (12, 1...4) where date == 24: return true
        case (12, 5): return date == 26 && (year == 1997 || year == 2003) || date == 31 && year == 1999
        default: return false
        }
    }

    /// The day before the fourth of July, if both are weekdays. A fourth on a Thursday shortened the Friday until 2012.
    private static func isBesideIndependenceDay(_ year: Int, _ date: Int, _ weekday: Int) -> Bool {
        switch (date, weekday) {
        case (3, 1...4): year >= 2013 || weekday != 3
        case (5, 5): year < 2013
        default: false
        }
    }
}
