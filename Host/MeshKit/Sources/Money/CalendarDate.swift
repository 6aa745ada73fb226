/// A day of the Gregorian calendar, without a time or a zone; from 0001-01-01 to 9999-12-31.
public struct CalendarDate: Hashable, Sendable {
    /// Days since 1970-01-01, which is 0; negative before it.
    public let daysSinceEpoch: Int

    /// The first day that can be written.
    public static let earliest = CalendarDate(unchecked: -719_162)
    /// The last day that can be written.
    public static let latest = CalendarDate(unchecked: 2_932_896)

    private init(unchecked days: Int) { daysSinceEpoch = days }

    /// The day `daysSinceEpoch` days after 1970-01-01; nil outside the years 1 to 9999.
    public init?(daysSinceEpoch days: Int) {
        guard (Self.earliest.daysSinceEpoch...Self.latest.daysSinceEpoch).contains(days) else { return nil }
        daysSinceEpoch = days
    }

    /// The day with this `year` (1…9999), `month` (1…12) and `day` of the month; nil if there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        guard day >= 1, day <= Self.days(ofMonth: month, year: year) else { return nil }
        daysSinceEpoch = Self.days(fromYear: year, month: month, day: day)
    }

    /// Reads `YYYY-MM-DD` and nothing else.
    /// - Throws: `DecimalError` with code `malformed`.
    public init(parsing text: some StringProtocol) throws(DecimalError) {
        var parts = (0, 0, 0)
        var position = 0
        for byte in text.utf8 {
            switch (position, byte) {
            case (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")): break
            case (0...3, 0x30...0x39): parts.0 = parts.0 * 10 + Int(byte - 0x30)
            case (5...6, 0x30...0x39): parts.1 = parts.1 * 10 + Int(byte - 0x30)
            case (8...9, 0x30...0x39): parts.2 = parts.2 * 10 + Int(byte - 0x30)
            default: throw DecimalError(.malformed, "a date is written YYYY-MM-DD")
            }
            position += 1
        }
        guard position == 10, let date = CalendarDate(year: parts.0, month: parts.1, day: parts.2) else {
            throw DecimalError(.malformed, "not a day of the calendar; a date is written YYYY-MM-DD")
        }
        self = date
    }

    /// The day in UTC that holds the moment `seconds` after 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
    public init?(secondsSinceEpoch seconds: Int) {
        self.init(daysSinceEpoch: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
    }

    /// The year, 1…9999.
    public var year: Int { components.year }
    /// The month, 1…12.
    public var month: Int { components.month }
    /// The day of the month, 1…31.
    public var day: Int { components.day }

    /// Monday is 1 and Sunday 7 (ISO 8601).
    public var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 + 1 }

    /// The day `days` after this one, or before it when negative; nil outside the years 1 to 9999.
    public func advanced(byDays days: Int) -> CalendarDate? {
        let (sum, overflow) = daysSinceEpoch.addingReportingOverflow(days)
        return overflow ? nil : CalendarDate(daysSinceEpoch: sum)
    }

    /// How many days from this one to `other`; negative when `other` is earlier.
    public func days(to other: CalendarDate) -> Int { other.daysSinceEpoch - daysSinceEpoch }

    /// Year, month and day at once; cheaper than asking for each.
    public var components: (year: Int, month: Int, day: Int) {
        // Eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func days(fromYear year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func days(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDate: Comparable, CustomStringConvertible {
    /// Earlier days are smaller.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = components
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: width - digits.utf8.count) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
