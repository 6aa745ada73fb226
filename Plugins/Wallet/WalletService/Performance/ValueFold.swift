import Money

/// Goes through the days of an account from where its value was last known, and says what it was worth at the end of
/// each. Pure: changes and prices in, points out; the same whoever asks for which range.
struct ValueFold: Sendable {
    /// A trading day.
    struct Day: Sendable {
        let ordinal: Int
        let day: CalendarDate
    }

    /// What changed on a day.
    struct Changes: Sendable {
        var shares: [String: ExactDecimal] = [:]
        var cash = ExactDecimal.zero
        /// The part of `cash` that was deposited.
        var flow = ExactDecimal.zero
    }

    /// Decimal places of cash.
    let places: Int
    private(set) var cash: ExactDecimal
    private(set) var shares: [String: ExactDecimal]
    /// The newest price of each company so far.
    private var known: [String: ExactDecimal] = [:]

    /// - Parameters:
    ///   - cash: at the end of the day before the first one.
    ///   - shares: at the same time, by symbol.
    init(cash: ExactDecimal, shares: [String: ExactDecimal], places: Int) {
        self.places = places
        self.cash = cash
        self.shares = shares
    }

    /// The next day.
    /// - Parameters:
    ///   - closes: of the day; what is missing counts with its last price, and then as a guess.
    ///   - later: prices to guess from where there was none before.
    mutating func end(
        _ day: Day,
        _ changes: Changes,
        closes: [String: ExactDecimal],
        later: [String: ExactDecimal]
    ) throws(DecimalError) -> ValuePoint {
        cash = try cash + changes.cash
        for (symbol, change) in changes.shares { shares[symbol] = try (shares[symbol] ?? .zero) + change }
        for (symbol, close) in closes { known[symbol] = close }
        var (worth, isEstimated) = (ExactDecimal.zero, false)
        for (symbol, quantity) in shares where !quantity.isZero {
            if closes[symbol] == nil { isEstimated = true }
            guard let price = known[symbol] ?? later[symbol] else { continue }
            worth = try worth + quantity.multiplied(by: price, scale: places, rounding: .halfEven)
        }
        return ValuePoint(
            ordinal: day.ordinal,
            day: day.day,
            cash: cash,
            holdings: worth,
            flow: changes.flow,
            isEstimated: isEstimated
        )
    }
}
