extension ExactDecimal {
    /// What to do with digits that do not fit the scale asked for.
    public enum Rounding: Hashable, Sendable, CaseIterable {
        /// Drop them.
        case towardZero
        /// Away from zero if any of them is not 0.
        case awayFromZero
        /// To the smaller number.
        case floor
        /// To the larger number.
        case ceiling
        /// To the nearest; from the middle away from zero.
        case halfAwayFromZero
        /// To the nearest; from the middle to the even digit (banker's rounding).
        case halfEven
    }

    /// The exact sum, with the larger of the two scales.
    /// - Throws: `DecimalError` with code `overflow`.
    public static func + (left: ExactDecimal, right: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        let common = max(left.scale, right.scale)
        let (sum, overflow) = try left.coefficient(atLeast: common)
            .addingReportingOverflow(right.coefficient(atLeast: common))
        guard !overflow else { throw Self.overflow }
        return try ExactDecimal(coefficient: sum, scale: common)
    }

    /// The exact difference, with the larger of the two scales.
    /// - Throws: `DecimalError` with code `overflow`.
    public static func - (left: ExactDecimal, right: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        try left + -right
    }

    /// The exact product, with the sum of the scales; trailing zeros are dropped only when that exceeds 18.
    /// - Throws: `DecimalError` with code `overflow`, or `inexact` if more than 18 decimal places are needed.
    public static func * (left: ExactDecimal, right: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        var product = WideMagnitude(left.coefficient.magnitude, times: right.coefficient.magnitude)
        var scale = left.scale + right.scale
        while scale > maximumScale {
            let (quotient, remainder) = product.divided(by: 10)
            guard remainder == 0 else {
                throw DecimalError(.inexact, "the product needs more than 18 decimal places")
            }
            (product, scale) = (quotient, scale - 1)
        }
        return try signed(product, negative: left.isNegative != right.isNegative, scale: scale)
    }

    /// The product rounded once, to `scale` (0…18) decimal places.
    /// - Throws: `DecimalError` with code `overflow`.
    public func multiplied(
        by other: ExactDecimal,
        scale: Int,
        rounding: Rounding
    ) throws(DecimalError) -> ExactDecimal {
        precondition((0...Self.maximumScale).contains(scale), "the scale of a decimal is 0 to 18")
        let negative = isNegative != other.isNegative
        let product = WideMagnitude(coefficient.magnitude, times: other.coefficient.magnitude)
        let shift = scale - (self.scale + other.scale)
        if shift >= 0 {
            guard product.high == 0 else { throw Self.overflow }
            let raised = WideMagnitude(product.low, times: Self.power(shift))
            return try Self.signed(raised, negative: negative, scale: scale)
        }
        return try Self.rounded(product, over: Self.power(-shift), negative: negative, scale: scale, rounding)
    }

    /// The quotient rounded once, to `scale` (0…18) decimal places.
    /// - Throws: `DecimalError` with code `divisionByZero` or `overflow`.
    public func divided(
        by divisor: ExactDecimal,
        scale: Int,
        rounding: Rounding
    ) throws(DecimalError) -> ExactDecimal {
        precondition((0...Self.maximumScale).contains(scale), "the scale of a decimal is 0 to 18")
        guard !divisor.isZero else { throw DecimalError(.divisionByZero, "division by zero") }
        let negative = isNegative != divisor.isNegative
        let shift = scale + divisor.scale - self.scale
        guard shift < 0 else {
            let numerator = WideMagnitude(coefficient.magnitude, times: Self.power(shift))
            return try Self.rounded(
                numerator,
                over: divisor.coefficient.magnitude,
                negative: negative,
                scale: scale,
                rounding
            )
        }
        let denominator = WideMagnitude(divisor.coefficient.magnitude, times: Self.power(-shift))
        // A denominator of more than 128 bits is over twice any numerator: the quotient is a fraction below one half.
        let over = denominator.high == 0 ? denominator.low : .max
        return try Self.rounded(
            WideMagnitude(coefficient.magnitude),
            over: over,
            negative: negative,
            scale: scale,
            rounding
        )
    }

    /// The same value with `scale` (0…18) decimal places; digits that no longer fit are rounded.
    /// - Throws: `DecimalError` with code `overflow` if the added zeros exceed 38 digits.
    public func rescaled(to scale: Int, rounding: Rounding) throws(DecimalError) -> ExactDecimal {
        try multiplied(by: .one, scale: scale, rounding: rounding)
    }

    /// The same value with exactly `scale` (0…18) decimal places.
    /// - Throws: `DecimalError` with code `inexact` if a digit would be lost, or `overflow`.
    public func rescaled(to scale: Int) throws(DecimalError) -> ExactDecimal {
        let result = try rescaled(to: scale, rounding: .towardZero)
        guard result == self else { throw DecimalError(.inexact, "more than \(scale) decimal places") }
        return result
    }

    private func coefficient(atLeast common: Int) throws(DecimalError) -> Int128 {
        let factor = Int128(Self.power(common - scale))
        let (result, overflow) = coefficient.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw Self.overflow }
        return result
    }

    private static func signed(
        _ magnitude: WideMagnitude,
        negative: Bool,
        scale: Int
    ) throws(DecimalError) -> ExactDecimal {
        guard magnitude.high == 0, magnitude.low < bound else { throw overflow }
        let value = Int128(magnitude.low)
        return ExactDecimal(unchecked: negative ? -value : value, scale: scale)
    }

    private static func rounded(
        _ numerator: WideMagnitude,
        over denominator: UInt128,
        negative: Bool,
        scale: Int,
        _ rounding: Rounding
    ) throws(DecimalError) -> ExactDecimal {
        var (quotient, remainder) = numerator.divided(by: denominator)
        guard quotient.high == 0, quotient.low < bound else { throw overflow }
        // Compared as `remainder ? denominator - remainder`, as doubling could overflow.
        let rest = denominator - remainder
        let up =
            switch rounding {
            case .towardZero: false
            case .awayFromZero: remainder != 0
            case .floor: negative && remainder != 0
            case .ceiling: !negative && remainder != 0
            case .halfAwayFromZero: remainder >= rest
            case .halfEven: remainder > rest || (remainder == rest && quotient.low % 2 == 1)
            }
        if up { quotient.low += 1 }
        return try signed(quotient, negative: negative, scale: scale)
    }
}
