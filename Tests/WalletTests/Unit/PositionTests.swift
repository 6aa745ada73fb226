import Money
import TestServers
import Testing

@testable import WalletService

@Suite
struct PositionTests {
    @Test
    func averageCost() throws {
        var position = Position()
        _ = try position.buy(10, for: "1000.00")
        _ = try position.buy(5, for: "650.00")
        #expect(try position.hold(6) != nil)
        let moves = try position.sell(6, of: 6, for: "720.00", places: 2)
        #expect(moves.map(\.kind) == ["sell"])
        let (cost, realised, available) = (position.cost, position.realised, position.available)
        #expect(cost == "990.00" && realised == "60.00" && available == 9)
    }

    @Test
    func aPartOfASaleGivesTheRestBack() throws {
        var position = Position()
        _ = try position.buy(10, for: "100.00")
        #expect(try position.hold(11) == nil)
        #expect(try position.hold(8) != nil)
        let moves = try position.sell("2.5", of: 8, for: "30.00", places: 2)
        #expect(moves.map(\.kind) == ["sell", "release"])
        let (available, held, realised) = (position.available, position.held, position.realised)
        #expect(available == "7.5" && held == 0 && realised == "5.00")
    }

    /// Value is conserved to the last unit: after the last share is sold, what was paid is what was relieved, and the
    /// gain is what came in less what went out; every line of the ledger adds up to the position.
    @Test(arguments: [UInt64(1), 2, 3])
    func nothingIsLostOrMade(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var position = Position()
            var (paid, got) = (ExactDecimal.zero, ExactDecimal.zero)
            var accounts: [Position.Move.Account: ExactDecimal] = [:]
            func book(_ moves: [Position.Move]) throws {
                for move in moves {
                    accounts[move.source] = try (accounts[move.source] ?? .zero) - move.quantity
                    accounts[move.target] = try (accounts[move.target] ?? .zero) + move.quantity
                }
            }
            func amount(_ most: Int, _ scale: Int) throws -> ExactDecimal {
                try ExactDecimal(coefficient: Int128(Int.random(in: 1...most, using: &random)), scale: scale)
            }
            for _ in 0..<Int.random(in: 1...25, using: &random) {
                if Bool.random(using: &random) || !position.isOpen {
                    let total = try amount(100_000_000, 2)
                    paid = try paid + total
                    try book(position.buy(amount(50_000_000_000, 9), for: total))
                } else {
                    let wanted = try min(amount(30_000_000_000, 9), position.available)
                    guard let kept = try position.hold(wanted) else { continue }
                    try book(kept)
                    let part = Bool.random(using: &random) ? wanted : try min(wanted, amount(10_000_000_000, 9))
                    let total = try amount(90_000_000, 2)
                    got = try got + total
                    try book(position.sell(part, of: wanted, for: total, places: 2))
                }
                #expect(!position.available.isNegative && !position.cost.isNegative && position.held.isZero)
                #expect(position.available == accounts[.available])
            }
            if position.isOpen {
                let all = position.available
                _ = try position.hold(all)
                _ = try position.sell(all, of: all, for: "1.00", places: 2)
                got = try got + 1
            }
            #expect(position.cost.isZero)
            #expect(try position.realised == got - paid)
        }
    }
}
