import Money

/// What shares cost or bring. A buyer's sum is rounded up to whole cash, a seller's down, once.
enum OrderCost {
    /// Decimal places of a number of shares.
    static let shares = 9

    /// What a buyer pays, fee included.
    static func paid(
        _ quantity: ExactDecimal,
        at price: ExactDecimal,
        fee: ExactDecimal,
        _ currency: Currency
    ) throws(DecimalError) -> ExactDecimal {
        try quantity.multiplied(by: price, scale: currency.minorUnits, rounding: .ceiling) + fee
    }

    /// What a seller gets, and the fee that is taken of it: no more than there is, so that anything can be sold.
    static func received(
        _ quantity: ExactDecimal,
        at price: ExactDecimal,
        fee: ExactDecimal,
        _ currency: Currency
    ) throws(DecimalError) -> (total: ExactDecimal, fee: ExactDecimal) {
        let gross = try quantity.multiplied(by: price, scale: currency.minorUnits, rounding: .floor)
        let taken = min(fee, gross)
        return (try gross - taken, taken)
    }

    /// How many shares an amount buys; never more than it pays for. Zero or less where the fee takes all of it.
    static func bought(
        for amount: ExactDecimal,
        at price: ExactDecimal,
        fee: ExactDecimal
    ) throws(DecimalError) -> ExactDecimal {
        try (amount - fee).divided(by: price, scale: shares, rounding: .floor)
    }

    /// How many shares raise an amount before the fee.
    static func sold(for amount: ExactDecimal, at price: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        try amount.divided(by: price, scale: shares, rounding: .ceiling)
    }
}
