import Money
import Observe
import RPC

extension JSONValue {
    /// The number, exactly; nil if it is none, or one without a place in a decimal.
    var decimal: ExactDecimal? { number.flatMap { try? ExactDecimal(jsonNumber: $0) } }

    /// The number, if it is whole; `10.0` is.
    var whole: Int? {
        guard let value = decimal?.normalized, value.scale == 0 else { return nil }
        return Int(exactly: value.coefficient)
    }

    /// A price above zero; 0 is written where there is none.
    var price: ExactDecimal? { decimal.flatMap { $0 > .zero ? $0 : nil } }

    /// The moment of an RFC 3339 text.
    var moment: WallTime? { string.flatMap { WallTime(rfc3339: $0) } }

    /// The day of a text such as `2026-03-11`.
    var day: CalendarDate? { string.flatMap { try? CalendarDate(parsing: $0) } }
}
