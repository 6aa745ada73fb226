import Money
import Observe

/// The clock on the wall of the exchange: UTC-5, or UTC-4 in summer.
///
/// Summer time by the rules of 2007 and later, of 1987 to 2006, and for years before those of 1967 to 1986.
enum NewYorkTime {
    /// The moment `seconds` after midnight of `day`; from 02:00 on, when a change of the hour is over.
    static func moment(_ day: CalendarDate, seconds: Int) -> WallTime {
        let offset = isSummer(day) ? 4 : 5
        return WallTime(secondsSinceEpoch: Int64(day.daysSinceEpoch * 86_400 + offset * 3600 + seconds))
    }

    /// The day it is there; nil outside the years 1 to 9999.
    static func day(at moment: WallTime) -> CalendarDate? {
        // The offset of the day five hours back: right but for the two hours after a change, in the middle of a night.
        let seconds = Int(moment.secondsSinceEpoch)
        guard let near = CalendarDate(secondsSinceEpoch: seconds - 5 * 3600) else { return nil }
        return CalendarDate(secondsSinceEpoch: seconds - (isSummer(near) ? 4 : 5) * 3600)
    }

    /// Whether the clock is one hour ahead in the daytime of `day`.
    static func isSummer(_ day: CalendarDate) -> Bool {
        let (year, month, date) = day.components
        // The date of the last Sunday up to this day, which may be this day; below 1 in the month before.
        let sunday = date - day.weekday % 7
        return switch month {
        case 3: year >= 2007 && sunday >= 8
        case 4: year >= 2007 || (year >= 1987 ? sunday >= 1 : sunday >= 24)
        case 5...9: true
        case 10: year >= 2007 || sunday < 25
        case 11: year >= 2007 && sunday < 1
        default: false
        }
    }
}
