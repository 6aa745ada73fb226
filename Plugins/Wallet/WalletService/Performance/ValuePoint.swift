import Money

/// What an account was worth at the end of a trading day, or is now. A class: see `OrderTerms`.
final class ValuePoint: Sendable {
    /// Which of the days that were seen.
    let ordinal: Int
    let day: CalendarDate
    /// Held cash included.
    let cash: ExactDecimal
    let holdings: ExactDecimal
    /// What was deposited on the day.
    let flow: ExactDecimal
    /// Whether the price of some share is a guess.
    let isEstimated: Bool

    init(
        ordinal: Int,
        day: CalendarDate,
        cash: ExactDecimal,
        holdings: ExactDecimal,
        flow: ExactDecimal,
        isEstimated: Bool
    ) {
        self.ordinal = ordinal
        self.day = day
        self.cash = cash
        self.holdings = holdings
        self.flow = flow
        self.isEstimated = isEstimated
    }

    /// Cash and shares.
    func value() throws(DecimalError) -> ExactDecimal { try cash + holdings }
}
