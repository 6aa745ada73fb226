extension Amount {
    /// -1, 0 or 1.
    public var signum: Int { value.signum }
    /// Whether it is nothing.
    public var isZero: Bool { value.isZero }
    /// Whether it is below zero.
    public var isNegative: Bool { value.isNegative }

    /// The exact sum of all; nothing of `currency` if there are none.
    /// - Throws: `DecimalError` with code `currencyMismatch` or `overflow`.
    public static func sum(of amounts: some Sequence<Amount>, in currency: Currency) throws(DecimalError) -> Amount {
        var sum = zero(currency)
        for amount in amounts { sum = try sum + amount }
        return sum
    }

    /// Reads the two texts by which messages (`lonja.type.v1.Money`) and JSON write a sum: `12.34` and `USD`.
    /// `value.description` and `currency.code` are the way back.
    /// - Throws: `DecimalError` with code `malformed` or `overflow`.
    public init(parsing amount: some StringProtocol, currency: some StringProtocol) throws(DecimalError) {
        self.init(try ExactDecimal(parsing: amount), try Currency(parsing: currency))
    }
}
