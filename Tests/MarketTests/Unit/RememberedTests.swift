import Plugin
import Reactor
import Testing

@testable import MarketService

@Suite struct RememberedTests {
    static func at(_ seconds: Int) -> MonotonicTime { SourceBreakerTests.at(seconds) }
    static let away = QuoteSourceError(.upstream, "away")

    private func ask(_ value: inout Remembered<String>, _ second: Int, as number: Int = 0) -> String {
        var seat: Int?
        switch value.ask(Self.at(second), as: number, seat: &seat) {
        case .take(let text): return text
        case .load(let old): return "load \(old ?? "-")"
        case .fail(let error): return "fail \(error.code)"
        case .wait: return "wait \(seat ?? -1)"
        }
    }

    @Test func `one loads, the others wait and are called`() {
        var value = Remembered<String>()
        #expect(ask(&value, 1) == "load -")
        #expect(ask(&value, 1, as: 7) == "wait 7" && ask(&value, 1, as: 8) == "wait 8")
        #expect(value.loaded("a", weight: 1, fresh: .seconds(10), kept: .seconds(30), Self.at(2)) == [7, 8])
        #expect(ask(&value, 11) == "a")
    }

    @Test func `an old value serves while one loads it again`() {
        var value = Remembered<String>()
        #expect(ask(&value, 1) == "load -")
        _ = value.loaded("a", weight: 1, fresh: .seconds(10), kept: .seconds(30), Self.at(1))
        #expect(ask(&value, 11) == "load a")
        #expect(ask(&value, 11) == "a")
        #expect(value.failed(Self.away, pause: .seconds(1), Self.at(11)).isEmpty)
        #expect(ask(&value, 11) == "a")
        #expect(ask(&value, 12) == "load a")
        _ = value.failed(Self.away, pause: .seconds(1), Self.at(12))
        #expect(ask(&value, 32) == "load -")
    }

    @Test func `a failure is told to all who waited, and for a moment to others`() {
        var value = Remembered<String>()
        #expect(ask(&value, 1) == "load -")
        #expect(ask(&value, 1, as: 3) == "wait 3")
        #expect(value.failed(Self.away, pause: .seconds(1), Self.at(1)) == [3])
        #expect(ask(&value, 1) == "fail upstream")
        #expect(ask(&value, 2) == "load -")
    }

    @Test func `a cancelled load lets another try at once`() {
        var value = Remembered<String>()
        #expect(ask(&value, 1) == "load -")
        #expect(ask(&value, 1, as: 3) == "wait 3")
        #expect(value.failed(QuoteSourceError(.cancelled, ""), pause: .seconds(1), Self.at(1)) == [3])
        #expect(ask(&value, 1) == "load -")
    }
}
