import Money
import Observe

/// Times of the exchange: regular trading is from 09:30 to 16:00 in New York.
///
/// The rules for summer time are those of 1987 to 2006 and those since 2007; before 1987 they are taken as of 1987.
enum NewYorkTime {
    /// When trading begins, in seconds after midnight.
    static let open = 34_200
    /// When trading ends, in seconds after midnight.
    static let close = 57_600
    /// How long trading lasts, in seconds.
    static let session = close - open

    /// The moment `seconds` after midnight of `day` in New York; from 02:00 on, when a change of the hour is over.
    static func moment(_ day: CalendarDate, seconds: Int) -> WallTime {
        let offset = isSummer(day) ? 4 : 5
        return WallTime(secondsSinceEpoch: Int64(day.daysSinceEpoch * 86_400 + offset * 3600 + seconds))
    }

    /// Whether the clock is one hour ahead in the daytime of `day`.
    static func isSummer(_ day: CalendarDate) -> Bool {
        let (year, month, date) = day.components
        // The date of the last Sunday up to this day, or of this day.
        let sunday = date - day.weekday % 7
        let isNew = year >= 2007
        return switch month {
        case 3: isNew && sunday >= 8
        case 4: isNew || sunday >= 1
        case 5...9: true
        case 10: isNew || sunday < 25
        case 11: isNew && sunday < 1
        default: false
        }
    }
}
