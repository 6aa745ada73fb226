import Money
import TestServers
import Testing

@testable import WalletService

/// The books of shares under a hundred thousand random events for each seed.
@Suite
struct BooksPropertyTests {
    static let steps = 50_000

    /// Purchases, holds, sales of parts and of everything, releases, splits both ways and resets. After each event:
    /// nothing is below zero, the ledger's accounts are the position, and the ledger replayed from its first line
    /// is too. At the end of a life: what was paid is what was relieved, to the last cent.
    @Test(arguments: [UInt64(11), 12, 13])
    func valueIsConserved(_ seed: UInt64) throws {
        print("books: \(Self.steps) random steps, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var book = RandomBook()
        for step in 0..<Self.steps {
            try book.step(&random)
            let (position, replayed) = (book.position, book.replayed)
            guard !position.available.isNegative, !position.held.isNegative, !position.cost.isNegative,
                position == replayed, position.available == book.accounts[.available] ?? .zero,
                position.held == book.accounts[.held] ?? .zero
            else {
                Issue.record("step \(step) of seed \(seed): \(position), the ledger has \(replayed)")
                return
            }
            // What went in came out, or is still there.
            let (left, right) = (try book.position.realised + book.paid, try book.got + book.position.cost)
            guard left == right else {
                Issue.record("step \(step) of seed \(seed): \(left) is not \(right)")
                return
            }
        }
    }

    @Test
    func splitsRoundForTheClientsOrders() throws {
        let ratio = ShareRatio(new: 3, old: 2)
        let (shares, buy, sell) = (
            try ratio.shares("1.000000001"), try ratio.limit("10.0001", .buy), try ratio.limit("10.0001", .sell)
        )
        #expect(shares == "1.500000001" && buy == "6.6667" && sell == "6.6668")
    }

    /// What a waiting purchase may cost after a split is never more than what is kept for it.
    @Test
    func adjustedPurchasesArePaidFor() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<100_000 {
            let ratio = ShareRatio(
                new: Int.random(in: 1...20, using: &random),
                old: Int.random(in: 1...20, using: &random)
            )
            let quantity = try ExactDecimal(
                coefficient: Int128(Int.random(in: 1...9_000_000_000_000, using: &random)),
                scale: 9
            )
            let limit = try ExactDecimal(coefficient: Int128(Int.random(in: 1...9_000_000, using: &random)), scale: 4)
            let before = try OrderCost.paid(quantity, at: limit, fee: 0, .usd)
            let after = try OrderCost.paid(ratio.shares(quantity), at: ratio.limit(limit, .buy), fee: 0, .usd)
            #expect(after <= before)
        }
    }
}

/// A position, its ledger and its cash, at random.
private struct RandomBook {
    var position = Position()
    var replayed = Position()
    var accounts: [Position.Move.Account: ExactDecimal] = [:]
    /// Cash for what was bought, and for what was sold.
    var (paid, got) = (ExactDecimal.zero, ExactDecimal.zero)
    /// Quantities of the open sales.
    var open: [ExactDecimal] = []

    mutating func step(_ random: inout SeededGenerator) throws {
        func amount(_ most: Int, _ scale: Int) throws -> ExactDecimal {
            try ExactDecimal(coefficient: Int128(Int.random(in: 1...most, using: &random)), scale: scale)
        }
        let owned = try position.owned()
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35 where owned < 1_000_000:
            let total = try amount(100_000_000, 2)
            paid = try paid + total
            try book(position.buy(amount(50_000_000_000, 9), for: total), total)
        case 35..<60:
            let all = Int.random(in: 0...4, using: &random) == 0
            let wanted = try all ? position.available : amount(30_000_000_000, 9)
            guard wanted.signum > 0, let moves = try position.hold(wanted) else { return }
            open.append(wanted)
            try book(moves, nil)
        case 60..<85:
            guard !open.isEmpty else { return }
            let kept = open.removeLast()
            let part = try Bool.random(using: &random) ? kept : min(kept, amount(10_000_000_000, 9))
            let total = try amount(90_000_000, 2)
            got = try got + total
            try book(position.sell(part, of: kept, for: total, places: 2), total)
        case 85..<93:
            guard !open.isEmpty else { return }
            try book(position.release(open.removeLast()), nil)
        case 93..<99:
            let old = Int.random(in: 1...(owned > 100_000 ? 40 : 10), using: &random)
            try split(ShareRatio(new: Int.random(in: 1...10, using: &random), old: old))
        default:
            guard open.isEmpty, Int.random(in: 0...9, using: &random) == 0 else { return }
            // A new account: what was gained and what is left belong to the old one.
            (paid, got) = (.zero, .zero)
            try book(position.reset(), nil)
        }
    }

    private mutating func split(_ ratio: ShareRatio) throws {
        guard position.isOpen else { return }
        var kept: [ExactDecimal] = []
        for quantity in open {
            let after = try ratio.shares(quantity)
            if after.isZero { try book(position.release(quantity), nil) } else { kept.append(after) }
        }
        open = kept
        var sum = ExactDecimal.zero
        for quantity in kept { sum = try sum + quantity }
        try book(position.split(ratio, kept: sum), nil)
    }

    private mutating func book(_ moves: [Position.Move], _ total: ExactDecimal?) throws {
        let key = ShareReplay.Key(client: "ana", symbol: "AAPL")
        var replay = ShareReplay(beginning: [key: replayed])
        for move in moves {
            accounts[move.source] = try (accounts[move.source] ?? .zero) - move.quantity
            accounts[move.target] = try (accounts[move.target] ?? .zero) + move.quantity
            replay.take(key, move, total: total, places: 2)
        }
        #expect(replay.findings.isEmpty)
        replayed = replay.positions[key] ?? Position()
    }
}
