extension WallTime: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-24T01:45:00.123Z`.
    public var description: String { rfc3339(digits: 3) }

    /// RFC 3339 in UTC with `digits` (0…9) decimal places, cut, not rounded.
    public func rfc3339(digits: Int) -> String {
        precondition((0...9).contains(digits), "a second has at most nine decimal places here")
        var text = [UInt8]()
        text.reserveCapacity(30)
        appendRFC3339(to: &text, digits: digits)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 (section 5.6): `T` and `Z` in upper case or an offset, at most nine decimal places, no leap second.
    ///
    /// Nil for anything else, and for moments outside 1678 to 2262.
    public init?(rfc3339 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.digits(4), reader.skip("-"), let month = reader.digits(2), reader.skip("-"),
            let day = reader.digits(2), reader.skip("T"), let hour = reader.digits(2), hour < 24, reader.skip(":"),
            let minute = reader.digits(2), minute < 60, reader.skip(":"), let second = reader.digits(2), second < 60,
            let fraction = reader.skip(".") ? reader.fraction() : 0,
            let offset = reader.offset(), reader.isAtEnd,
            (1678...2262).contains(year), (1...12).contains(month), day >= 1,
            CivilDay(year: year, month: month, day: day).isReal
        else { return nil }
        let days = Int64(CivilDay(year: year, month: month, day: day).daysSinceEpoch)
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        self.init(secondsSinceEpoch: seconds, nanoseconds: Int64(fraction))
        guard secondsSinceEpoch == seconds else { return nil }
    }

    /// Appends ``rfc3339(digits:)``, without a text in between.
    package func appendRFC3339(to text: inout [UInt8], digits: Int) {
        let seconds = secondsSinceEpoch
        let ofDay = ((seconds % 86_400) + 86_400) % 86_400
        let day = CivilDay(daysSinceEpoch: Int((seconds - ofDay) / 86_400))
        func append(_ value: Int, _ width: Int) {
            var divisor = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                text.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
                divisor /= 10
            }
        }
        append(day.year, 4)
        text.append(UInt8(ascii: "-"))
        append(day.month, 2)
        text.append(UInt8(ascii: "-"))
        append(day.day, 2)
        text.append(UInt8(ascii: "T"))
        append(Int(ofDay / 3600), 2)
        text.append(UInt8(ascii: ":"))
        append(Int(ofDay / 60 % 60), 2)
        text.append(UInt8(ascii: ":"))
        append(Int(ofDay % 60), 2)
        if digits > 0 {
            text.append(UInt8(ascii: "."))
            var value = Int(nanosecondsOfSecond)
            for _ in digits..<9 { value /= 10 }
            append(value, digits)
        }
        text.append(UInt8(ascii: "Z"))
    }
}

/// A day of the proleptic Gregorian calendar, only for text here; the public type is `Money.CalendarDate`.
private struct CivilDay {
    var (year, month, day) = (0, 0, 0)

    init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// Eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
    init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 30 February is not.
    var isReal: Bool {
        let back = CivilDay(daysSinceEpoch: daysSinceEpoch)
        return back.year == year && back.month == month && back.day == day
    }
}

/// Takes decimal fields off a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let byte = rest.popFirst(), (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// One to nine digits, as nanoseconds.
    mutating func fraction() -> Int? {
        var (value, count) = (0, 0)
        while let byte = rest.first, (0x30...0x39).contains(byte) {
            guard count < 9 else { return nil }
            (value, count) = (value * 10 + Int(byte - 0x30), count + 1)
            rest.removeFirst()
        }
        guard count > 0 else { return nil }
        for _ in count..<9 { value *= 10 }
        return value
    }

    /// `Z`, or `+hh:mm` or `-hh:mm` in seconds.
    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let sign = skip("+") ? 1 : (skip("-") ? -1 : 0)
        guard sign != 0, let hours = digits(2), hours < 24, skip(":"), let minutes = digits(2), minutes < 60 else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}
