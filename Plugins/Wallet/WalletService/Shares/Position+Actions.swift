import Money

extension Position {
    /// The shares were split. What they cost stays, but for the last crumb of a reverse split: what is no share any more
    /// is a loss.
    /// - Parameter kept: the new quantities of the open sales that keep shares; together what is held from now on.
    mutating func split(_ ratio: ShareRatio, kept: ExactDecimal) throws(DecimalError) -> [Move] {
        let all = try ratio.shares(owned())
        precondition(kept <= all, "what is kept for sales is a part of what there is")
        let rest = try all - kept
        let moves = [
            try Self.change(of: .available, from: available, to: rest),
            try Self.change(of: .held, from: held, to: kept),
        ].compactMap { $0 }
        var (paid, gained) = (cost, realised)
        if all.isZero { (gained, paid) = (try realised - cost, .zero) }
        self = Position(available: rest, held: kept, cost: paid, realised: gained)
        return moves
    }

    /// A new account begins: nothing is owned, and nothing was gained. Nothing may be held.
    mutating func reset() -> [Move] {
        precondition(held.isZero, "nothing is kept for sales any more")
        let gone = available
        self = Position()
        return [Move(kind: "reset", quantity: gone, source: .available, target: .market)]
    }

    /// Repeats a line of the ledger that a split or a reset has written.
    /// - Returns: false if it does not follow from what was before.
    mutating func repeating(_ move: Move) throws(DecimalError) -> Bool {
        if move.kind == "reset" {
            guard held.isZero, available == move.quantity else { return false }
            _ = reset()
            return true
        }
        func after(_ account: Move.Account, _ before: ExactDecimal) throws(DecimalError) -> ExactDecimal {
            if move.target == account { return try before + move.quantity }
            return move.source == account ? try before - move.quantity : before
        }
        let (rest, kept) = (try after(.available, available), try after(.held, held))
        guard !rest.isNegative, !kept.isNegative, rest != available || kept != held else { return false }
        self = Position(available: rest, held: kept, cost: cost, realised: realised)
        if rest.isZero, kept.isZero { self = Position(realised: try realised - cost) }
        return true
    }

    private static func change(
        of account: Move.Account,
        from before: ExactDecimal,
        to after: ExactDecimal
    ) throws(DecimalError) -> Move? {
        let difference = try after - before
        if difference.isZero { return nil }
        return difference.isNegative
            ? Move(kind: "split", quantity: -difference, source: account, target: .market)
            : Move(kind: "split", quantity: difference, source: .market, target: account)
    }
}
