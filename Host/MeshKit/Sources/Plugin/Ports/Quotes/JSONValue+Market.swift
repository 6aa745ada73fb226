public import Money
public import Observe
public import RPC

/// What a source's JSON answer says, or nil: it is for the driver to say what that means.
extension JSONValue {
    /// The number, digit by digit; nil if it is none, or one without a place in a decimal.
    public var decimal: ExactDecimal? { number.flatMap { try? ExactDecimal(jsonNumber: $0) } }

    /// The number, if it is whole: `10`, `10.0` and `1e1` are.
    public var whole: Int? {
        guard let value = decimal?.normalized, value.scale == 0 else { return nil }
        return Int(exactly: value.coefficient)
    }

    /// The number, if it is above zero: sources write 0 or null where they have no price.
    public var price: ExactDecimal? { decimal.flatMap { $0 > .zero ? $0 : nil } }

    /// The moment of an RFC 3339 text, to the nanosecond.
    public var moment: WallTime? { string.flatMap { WallTime(rfc3339: $0) } }

    /// The moment of a whole number of milliseconds since 1970, above zero and below the year 2255.
    public var milliseconds: WallTime? {
        guard let count = whole, count > 0, count < 9_000_000_000_000 else { return nil }
        return WallTime(secondsSinceEpoch: Int64(count / 1000), nanoseconds: Int64(count % 1000) * 1_000_000)
    }

    /// The day of a text such as `2026-03-11`.
    public var day: CalendarDate? { string.flatMap { try? CalendarDate(parsing: $0) } }
}
