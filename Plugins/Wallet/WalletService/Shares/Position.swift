import Money

/// What a client has of one company, and what it cost: the books of shares as a pure value. Nothing is ever below zero.
///
/// Average cost: a sale relieves the cost in proportion to the shares, rounded to whole cash; the sale of the last
/// share relieves all that is left, so that over a position's life what was paid is what was relieved.
struct Position: Sendable, Equatable {
    /// A move of shares from one account to another: what makes the ledger double-entry.
    struct Move: Sendable, Equatable {
        enum Account: String, Sendable { case available, held, market }

        /// "buy", "hold", "sell", "release", "split" or "reset".
        let kind: String
        let quantity: ExactDecimal
        let source: Account
        let target: Account
    }

    /// Shares that can be sold.
    private(set) var available: ExactDecimal
    /// Shares kept for open sales.
    private(set) var held: ExactDecimal
    /// What the shares of both cost.
    private(set) var cost: ExactDecimal
    /// What sales have brought above their cost, so far.
    private(set) var realised: ExactDecimal

    init(
        available: ExactDecimal = .zero,
        held: ExactDecimal = .zero,
        cost: ExactDecimal = .zero,
        realised: ExactDecimal = .zero
    ) {
        self.available = available
        self.held = held
        self.cost = cost
        self.realised = realised
    }

    /// Shares were bought for `total`.
    mutating func buy(_ quantity: ExactDecimal, for total: ExactDecimal) throws(DecimalError) -> [Move] {
        precondition(quantity.signum > 0 && !total.isNegative, "a purchase is of something")
        let (shares, paid) = (try available + quantity, try cost + total)
        (available, cost) = (shares, paid)
        return [Move(kind: "buy", quantity: quantity, source: .market, target: .available)]
    }

    /// Keeps shares for a sale; nil if there are too few.
    mutating func hold(_ quantity: ExactDecimal) throws(DecimalError) -> [Move]? {
        precondition(quantity.signum > 0, "a hold is of something")
        guard available >= quantity else { return nil }
        let (rest, kept) = (try available - quantity, try held + quantity)
        (available, held) = (rest, kept)
        return [Move(kind: "hold", quantity: quantity, source: .available, target: .held)]
    }

    /// Gives kept shares back.
    mutating func release(_ quantity: ExactDecimal) throws(DecimalError) -> [Move] {
        precondition(quantity.signum > 0 && quantity <= held, "what is released was held")
        let (rest, kept) = (try available + quantity, try held - quantity)
        (available, held) = (rest, kept)
        return [Move(kind: "release", quantity: quantity, source: .held, target: .available)]
    }

    /// Kept shares were sold for `total`, all that were kept for the order or a part; the rest is given back.
    mutating func sell(
        _ quantity: ExactDecimal,
        of kept: ExactDecimal,
        for total: ExactDecimal,
        places: Int
    ) throws(DecimalError) -> [Move] {
        precondition(quantity.signum > 0 && quantity <= kept && kept <= held, "what is sold was held")
        let owned = try available + held
        let relieved =
            quantity == owned
            ? cost
            : min(cost, try Self.part(of: cost, quantity, of: owned, places))
        let (rest, gain) = (try cost - relieved, try realised + (total - relieved))
        held = try held - quantity
        (cost, realised) = (rest, gain)
        var moves = [Move(kind: "sell", quantity: quantity, source: .held, target: .market)]
        if quantity < kept { moves += try release(kept - quantity) }
        return moves
    }

    /// Shares, those kept included.
    func owned() throws(DecimalError) -> ExactDecimal { try available + held }

    /// `cost × quantity / owned`, rounded once: multiplied first where the digits suffice.
    private static func part(
        of cost: ExactDecimal,
        _ quantity: ExactDecimal,
        of owned: ExactDecimal,
        _ places: Int
    ) throws(DecimalError) -> ExactDecimal {
        if let product = try? cost * quantity {
            return try product.divided(by: owned, scale: places, rounding: .halfEven)
        }
        let share = try quantity.divided(by: owned, scale: ExactDecimal.maximumScale, rounding: .halfEven)
        return try cost.multiplied(by: share, scale: places, rounding: .halfEven)
    }
}
