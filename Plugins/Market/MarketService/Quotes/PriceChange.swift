import Money

/// How a price differs from the close of the day before.
struct PriceChange: Hashable {
    /// Price less close, exact.
    let change: ExactDecimal
    /// The change as a fraction of the close, six decimal places, half to even: 0.012500 is 1.25 %.
    let fraction: ExactDecimal

    init(price: ExactDecimal, previousClose: ExactDecimal) throws(DecimalError) {
        change = try price - previousClose
        fraction = try change.divided(by: previousClose, scale: 6, rounding: .halfEven)
    }
}
