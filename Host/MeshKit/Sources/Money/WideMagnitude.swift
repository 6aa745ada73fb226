/// An unsigned number of 256 bits: what a product of two coefficients needs before it is rounded.
struct WideMagnitude: Equatable {
    var high: UInt128
    var low: UInt128

    init(_ value: UInt128) {
        (high, low) = (0, value)
    }

    init(_ left: UInt128, times right: UInt128) {
        (high, low) = left.multipliedFullWidth(by: right)
    }

    /// Quotient and remainder; `divisor` must not be zero.
    func divided(by divisor: UInt128) -> (quotient: WideMagnitude, remainder: UInt128) {
        precondition(divisor != 0, "division by zero")
        var quotient = WideMagnitude(0)
        let upper = high.quotientAndRemainder(dividingBy: divisor)
        let lower = divisor.dividingFullWidth((upper.remainder, low))
        (quotient.high, quotient.low) = (upper.quotient, lower.quotient)
        return (quotient, lower.remainder)
    }
}
