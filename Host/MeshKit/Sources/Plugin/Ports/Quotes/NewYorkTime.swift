public import Money
public import Observe

/// Times of the exchanges in New York: regular trading is from 09:30 to 16:00 there.
///
/// The rules for summer time are those of 1987 to 2006 and those since 2007; before 1987 they are taken as of 1987. Days
/// off and early closes are not known here.
public enum NewYorkTime {
    /// When trading begins, in seconds after midnight.
    public static let open = 34_200
    /// When trading ends, in seconds after midnight.
    public static let close = 57_600
    /// How long trading lasts, in seconds.
    public static let session = close - open

    /// The moment `seconds` after midnight of `day` in New York; from 02:00 on, when a change of the hour is over.
    public static func moment(_ day: CalendarDate, seconds: Int) -> WallTime {
        WallTime(secondsSinceEpoch: Int64(day.daysSinceEpoch * 86_400 + offset(day) + seconds))
    }

    /// The day and the seconds after midnight that clocks in New York show at `time`; until 02:00 on the two days of a
    /// year when the hour changes, they are an hour off. Nil outside the years 1 to 9999.
    public static func local(_ time: WallTime) -> (day: CalendarDate, seconds: Int)? {
        let utc = Int(time.secondsSinceEpoch)
        guard let winter = CalendarDate(secondsSinceEpoch: utc - 5 * 3600) else { return nil }
        let seconds = utc - offset(winter)
        guard let day = CalendarDate(secondsSinceEpoch: seconds) else { return nil }
        return (day, seconds - day.daysSinceEpoch * 86_400)
    }

    /// The part of the trading day that `time` is in: from 04:00, 09:30, 16:00 and 20:00 on. Weekends are closed, days
    /// off are taken for trading days.
    public static func session(at time: WallTime) -> MarketSession {
        guard let (day, seconds) = local(time), day.weekday <= 5 else { return .closed }
        return switch seconds {
        case 14_400..<open: .pre
        case open..<close: .open
        case close..<72_000: .post
        default: .closed
        }
    }

    /// Whether the clock is one hour ahead in the daytime of `day`.
    public static func isSummer(_ day: CalendarDate) -> Bool {
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

    /// Seconds from midnight UTC to midnight in New York.
    private static func offset(_ day: CalendarDate) -> Int { (isSummer(day) ? 4 : 5) * 3600 }
}
