import Contracts
import Money
import Observe
import Plugin
import Reactor
import SwiftProtobuf
import Testing

@testable import MarketService

@Suite struct StreamBoardTests {
    static func at(_ seconds: Int) -> MonotonicTime { SourceBreakerTests.at(seconds) }

    static func known(_ prices: [String: ExactDecimal]) -> [String: QuoteShard.Known] {
        prices.reduce(into: [:]) { known, price in
            let label = DelayTests.label(.delayed(seconds: 900))
            let message = MarketQuote.with {
                $0.symbol = price.key
                $0.price.amount = price.value.description
            }
            known[price.key] = .success((KnownPrice(message, label, staleFrom: nil), false))
        }
    }

    private func publish(_ board: inout StreamBoard, _ prices: [String: ExactDecimal], _ second: Int) -> [Int] {
        board.publish(Self.known(prices), Self.at(second), wall: Fixture.now).sorted()
    }

    private func take(_ board: inout StreamBoard, _ number: Int) -> [String] {
        switch board.take(number) {
        case .send(let quotes): quotes.map { "\($0.symbol) \($0.price.amount)" }
        case .wait: []
        case .end(let error): ["end \(error?.code.description ?? "-")"]
        }
    }

    @Test func `all once, then what has changed, to those who listen to it`() {
        var board = StreamBoard()
        let (one, two) = (board.join(["A", "B"]), board.join(["B"]))
        #expect(board.symbols == ["A", "B"])
        #expect(publish(&board, ["A": 1, "B": 2], 0) == [one, two])
        #expect(take(&board, one) == ["A 1", "B 2"] && take(&board, two) == ["B 2"])
        #expect(publish(&board, ["A": 1, "B": 2], 1) == [])
        #expect(publish(&board, ["A": 3, "B": 2], 2) == [one])
        #expect(take(&board, one) == ["A 3"] && take(&board, two) == [])
    }

    @Test func `the same price is sent again after a while`() {
        var board = StreamBoard()
        let one = board.join(["A"])
        #expect(publish(&board, ["A": 1], 0) == [one])
        #expect(take(&board, one) == ["A 1"])
        #expect(publish(&board, ["A": 1], 14) == [])
        #expect(publish(&board, ["A": 1], 15) == [one])
        #expect(take(&board, one) == ["A 1"])
    }

    @Test func `who reads slowly gets the newest alone, and is cut at last`() {
        var board = StreamBoard()
        let (slow, quick) = (board.join(["A", "B"]), board.join(["A"]))
        for second in 0..<30 {
            _ = publish(&board, ["A": ExactDecimal(second), "B": 1], second)
            #expect(take(&board, quick) == ["A \(second)"])
        }
        var late = board
        #expect(take(&late, slow) == ["A 29", "B 1"] && !late.isCut(slow))
        #expect(publish(&board, ["A": 30, "B": 1], 30) == [slow, quick])
        #expect(board.isCut(slow) && !board.isCut(quick))
        #expect(take(&board, slow) == ["end -"] && take(&board, quick) == ["A 30"])
    }

    @Test func `a symbol that is no more ends the stream, other failures do not`() {
        var board = StreamBoard()
        let one = board.join(["A"])
        _ = publish(&board, ["A": 1], 0)
        #expect(take(&board, one) == ["A 1"])
        let away = QuoteSourceError(.upstream, "away")
        #expect(board.publish(["A": .failure(away)], Self.at(1), wall: Fixture.now) == [])
        let unknown = QuoteSourceError(.unknownSymbol, "no more")
        #expect(board.publish(["A": .failure(unknown)], Self.at(2), wall: Fixture.now) == [one])
        #expect(take(&board, one) == ["end unknownSymbol"])
    }

    @Test func `who has left costs nothing`() {
        var board = StreamBoard()
        let one = board.join(["A"])
        board.leave(one)
        #expect(board.count == 0 && board.symbols.isEmpty)
        #expect(publish(&board, ["A": 1], 0) == [])
    }
}
