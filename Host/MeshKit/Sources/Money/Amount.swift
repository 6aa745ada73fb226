/// A sum of money: an exact value and its currency.
public struct Amount: Hashable, Sendable, CustomStringConvertible {
    /// How much; may be negative.
    public let value: ExactDecimal
    /// Of what.
    public let currency: Currency

    /// `value` of `currency`; the scale is left as it is.
    public init(_ value: ExactDecimal, _ currency: Currency) {
        self.value = value
        self.currency = currency
    }

    /// Nothing of `currency`.
    public static func zero(_ currency: Currency) -> Amount { Amount(.zero, currency) }

    /// The value and the currency: `12.34 USD`.
    public var description: String { "\(value) \(currency)" }

    /// The same sum with the other sign.
    public static prefix func - (amount: Amount) -> Amount { Amount(-amount.value, amount.currency) }

    /// The exact sum.
    /// - Throws: `DecimalError` with code `currencyMismatch` or `overflow`.
    public static func + (left: Amount, right: Amount) throws(DecimalError) -> Amount {
        try left.requireCurrency(of: right)
        return Amount(try left.value + right.value, left.currency)
    }

    /// The exact difference.
    /// - Throws: `DecimalError` with code `currencyMismatch` or `overflow`.
    public static func - (left: Amount, right: Amount) throws(DecimalError) -> Amount {
        try left + -right
    }

    /// This sum `factor` times, rounded once to the decimal places that cash in its currency has.
    /// - Throws: `DecimalError` with code `overflow`.
    public func multiplied(by factor: ExactDecimal, rounding: ExactDecimal.Rounding) throws(DecimalError) -> Amount {
        Amount(try value.multiplied(by: factor, scale: currency.minorUnits, rounding: rounding), currency)
    }

    /// This sum rounded to the decimal places that cash in its currency has.
    /// - Throws: `DecimalError` with code `overflow`.
    public func roundedToCash(_ rounding: ExactDecimal.Rounding) throws(DecimalError) -> Amount {
        Amount(try value.rescaled(to: currency.minorUnits, rounding: rounding), currency)
    }

    /// -1, 0 or 1 as this sum is smaller than, equal to or larger than `other`.
    /// - Throws: `DecimalError` with code `currencyMismatch`.
    public func compare(_ other: Amount) throws(DecimalError) -> Int {
        try requireCurrency(of: other)
        return value.compare(other.value)
    }

    func requireCurrency(of other: Amount) throws(DecimalError) {
        guard currency == other.currency else {
            throw DecimalError(.currencyMismatch, "\(currency) and \(other.currency) do not mix")
        }
    }
}
