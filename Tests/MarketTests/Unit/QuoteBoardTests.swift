import Contracts
import Money
import Plugin
import Reactor
import SwiftProtobuf
import Testing

@testable import MarketService

@Suite struct QuoteBoardTests {
    static let times = Freshness(fresh: .seconds(5), serve: .seconds(10), keep: .seconds(60), unknown: .seconds(30))
    static let away = QuoteSourceError(.upstream, "away")
    static let unknown = QuoteSourceError(.unknownSymbol, "unknown")

    static func at(_ seconds: Int) -> MonotonicTime { SourceBreakerTests.at(seconds) }

    static func price(_ symbol: String) -> KnownPrice {
        KnownPrice(.with { $0.symbol = symbol }, DelayTests.label(.delayed(seconds: 900)), staleFrom: nil)
    }

    static func board(capacity: Int = 100) -> QuoteBoard {
        var board = QuoteBoard(usual: times, capacity: capacity)
        board.serve(1)
        return board
    }

    /// A board that knows A since second 0.
    static func knowing() -> QuoteBoard {
        var board = board()
        board.wait(for: ["A"], as: 1)
        _ = board.take()
        _ = board.finish([("A", .price(price("A"), times))], generation: 1, at(0))
        return board
    }

    private func look(_ board: inout QuoteBoard, _ symbol: String, _ second: Int) -> String {
        switch board.look(symbol, Self.at(second)) {
        case .price(_, let isKept): isKept ? "kept" : "price"
        case .problem(let error): error.code.description
        case .absent: "absent"
        }
    }

    @Test func `what several want is asked for once, all are called`() {
        var board = Self.board()
        #expect(look(&board, "A", 0) == "absent" && !board.isWanting)
        board.wait(for: ["A", "B"], as: 1)
        board.wait(for: ["B", "C"], as: 2)
        #expect(board.take().symbols == ["A", "B", "C"])
        board.wait(for: ["B"], as: 3)
        #expect(board.take().symbols.isEmpty)
        let price = QuoteBoard.Outcome.price(Self.price("B"), Self.times)
        #expect(board.finish([("B", price)], generation: 1, Self.at(0)) == [3])
        #expect(board.finish([("A", price), ("C", .problem(Self.away))], generation: 1, Self.at(0)) == [1, 2])
    }

    @Test func `fresh, then old and wanted once, then waited for`() {
        var board = Self.knowing()
        #expect(look(&board, "A", 4) == "price" && !board.isWanting)
        #expect(look(&board, "A", 5) == "price" && board.isWanting)
        #expect(look(&board, "A", 6) == "price")
        #expect(board.take().symbols == ["A"])
        #expect(look(&board, "A", 14) == "price" && !board.isWanting)
        #expect(look(&board, "A", 15) == "absent")
    }

    @Test func `the last price is kept while no source answers, as stale after the bound`() {
        var board = Self.knowing()
        #expect(look(&board, "A", 5) == "price")
        _ = board.take()
        #expect(board.finish([("A", .problem(Self.away))], generation: 1, Self.at(6)).isEmpty)
        #expect(look(&board, "A", 6) == "price" && !board.isWanting)
        #expect(look(&board, "A", 14) == "price" && board.isWanting)
        #expect(look(&board, "A", 15) == "kept")
        #expect(look(&board, "A", 59) == "kept")
        #expect(look(&board, "A", 60) == "absent")
    }

    @Test func `a source that answers again makes the price fresh`() {
        var board = Self.knowing()
        _ = look(&board, "A", 20)
        board.wait(for: ["A"], as: 2)
        _ = board.take()
        #expect(board.finish([("A", .problem(Self.away))], generation: 1, Self.at(20)) == [2])
        #expect(look(&board, "A", 20) == "kept")
        #expect(look(&board, "A", 21) == "kept" && board.isWanting)
        _ = board.take()
        _ = board.finish([("A", .price(Self.price("A"), Self.times))], generation: 1, Self.at(22))
        #expect(look(&board, "A", 22) == "price" && !board.isWanting)
    }

    @Test func `an unknown symbol is not asked for again, though it was known`() {
        var board = Self.knowing()
        _ = look(&board, "A", 5)
        _ = board.take()
        _ = board.finish([("A", .problem(Self.unknown))], generation: 1, Self.at(5))
        #expect(look(&board, "A", 34) == "unknownSymbol" && !board.isWanting)
        #expect(look(&board, "A", 35) == "absent")
    }

    @Test func `a failure is remembered for a second, or as long as the source says, but ten`() {
        for (said, second) in [(nil, 1), (Duration.seconds(4), 4), (.seconds(3600), 10)] {
            var board = Self.board()
            board.wait(for: ["A"], as: 1)
            _ = board.take()
            let error = QuoteSourceError(.throttled, "", retryAfter: said)
            #expect(board.finish([("A", .problem(error))], generation: 1, Self.at(0)) == [1])
            #expect(look(&board, "A", second - 1) == "throttled")
            #expect(look(&board, "A", second) == "absent")
        }
    }

    @Test func `other drivers make all forgotten, and answers of the old ones are dropped`() {
        var board = Self.knowing()
        board.wait(for: ["B"], as: 2)
        let (symbols, generation) = board.take()
        #expect(symbols == ["B"] && generation == 1)
        board.serve(2)
        #expect(look(&board, "A", 1) == "absent")
        #expect(board.finish([("B", .price(Self.price("B"), Self.times))], generation: generation, Self.at(1)) == [2])
        #expect(look(&board, "B", 1) == "absent")
    }

    @Test func `who left is not called`() {
        var board = Self.board()
        board.wait(for: ["A"], as: 1)
        board.wait(for: ["A"], as: 2)
        board.leave(1)
        _ = board.take()
        #expect(board.finish([("A", .problem(Self.away))], generation: 1, Self.at(0)) == [2])
    }

    @Test func `it knows no more symbols than there is room for`() {
        var board = Self.board(capacity: 100)
        for number in 0..<1000 {
            let symbol = "S\(number)"
            board.wait(for: [symbol], as: number)
            _ = board.take()
            let outcome: QuoteBoard.Outcome =
                number % 2 == 0 ? .problem(Self.unknown) : .price(Self.price(symbol), Self.times)
            _ = board.finish([(symbol, outcome)], generation: 1, Self.at(number / 100))
            #expect(board.count <= 100)
        }
        #expect(look(&board, "S999", 9) == "price")
    }
}
