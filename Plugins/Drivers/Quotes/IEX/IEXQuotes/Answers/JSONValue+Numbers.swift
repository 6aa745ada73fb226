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

    /// The moment that a count of milliseconds since 1970 means; nil for none above zero and below the year 2262.
    var milliseconds: WallTime? {
        guard let count = whole, count > 0, count < 9_000_000_000_000 else { return nil }
        return WallTime(secondsSinceEpoch: Int64(count / 1000), nanoseconds: Int64(count % 1000) * 1_000_000)
    }

    /// A price above zero; the interface writes 0 or null where it has none.
    var price: ExactDecimal? { decimal.flatMap { $0 > .zero ? $0 : nil } }
}
