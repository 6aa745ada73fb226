extension Amount {
    /// This sum divided by a number, rounded once to the decimal places that cash in its currency has.
    /// - Throws: `DecimalError` with code `divisionByZero` or `overflow`.
    public func divided(by divisor: ExactDecimal, rounding: ExactDecimal.Rounding) throws(DecimalError) -> Amount {
        Amount(try value.divided(by: divisor, scale: currency.minorUnits, rounding: rounding), currency)
    }

    /// How many times `other` this sum is, rounded once to `scale` (0…18) decimal places.
    /// - Throws: `DecimalError` with code `currencyMismatch`, `divisionByZero` or `overflow`.
    public func ratio(
        to other: Amount,
        scale: Int,
        rounding: ExactDecimal.Rounding
    ) throws(DecimalError) -> ExactDecimal {
        try requireCurrency(of: other)
        return try value.divided(by: other.value, scale: scale, rounding: rounding)
    }

    /// Shares this sum out in proportion to `weights`, none below zero, in whole units of cash: each part is the exact one
    /// rounded towards zero or one unit beyond, and all parts add up to exactly this sum. The units that rounding leaves
    /// go to the parts that lost most by it, the first of equals first (largest remainder, Hamilton).
    /// - Throws: `DecimalError` with code `inexact` if the sum has a fraction of a unit, `divisionByZero` if the weights
    ///   add up to zero, or `overflow`.
    public func shared(by weights: [ExactDecimal]) throws(DecimalError) -> [Amount] {
        precondition(weights.allSatisfy { !$0.isNegative }, "a share has no weight below zero")
        let places = currency.minorUnits
        let units = try value.rescaled(to: places).coefficient.magnitude
        let scale = weights.map(\.scale).max() ?? 0
        var parts: [(units: UInt128, rest: UInt128)] = []
        var total = ExactDecimal.zero
        for weight in weights { total = try total + weight }
        guard !total.isZero else { throw DecimalError(.divisionByZero, "the weights of the shares are all zero") }
        let divisor = try total.rescaled(to: scale).coefficient.magnitude
        for weight in weights {
            let product = WideMagnitude(units, times: try weight.rescaled(to: scale).coefficient.magnitude)
            // No weight exceeds the total, so no quotient exceeds the units.
            let (quotient, rest) = product.divided(by: divisor)
            parts.append((quotient.low, rest))
        }
        let left = Int(units - parts.reduce(0) { $0 + $1.units })
        let order = parts.indices.sorted { (parts[$0].rest, $1) > (parts[$1].rest, $0) }
        for index in order.prefix(left) { parts[index].units += 1 }
        return try parts.map { part throws(DecimalError) in
            let coefficient = Int128(part.units)
            let value = try ExactDecimal(coefficient: self.value.isNegative ? -coefficient : coefficient, scale: places)
            return Amount(value, currency)
        }
    }
}
