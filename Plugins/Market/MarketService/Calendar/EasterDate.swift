import Money

/// Easter of the Gregorian calendar.
enum EasterDate {
    /// Easter Sunday of a year, by the method of Meeus, Jones and Butcher.
    static func sunday(of year: Int) -> CalendarDate? {
        let (century, rest) = (year / 100, year % 100)
        let cycle = year % 19
        let correction = (century - (century + 8) / 25 + 1) / 3
        let moon = (19 * cycle + century - century / 4 - correction + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7
        let late = (cycle + 11 * moon + 22 * weekday) / 451
        let days = moon + weekday - 7 * late + 114
        return CalendarDate(year: year, month: days / 31, day: days % 31 + 1)
    }
}
