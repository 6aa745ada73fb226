import Money
import Observe
import Plugin
import QuoteSourceCompatibility
import Testing

@testable import IEXQuotes

/// What is the IEX driver's own, against a server that speaks the recorded answers.
@Suite(.serialized, .timeLimit(.minutes(2))) struct IEXTests {
    private func with(_ body: (IEXEnd) async throws -> Void) async throws {
        let end = try await IEXEnd()
        defer { end.stop() }
        try await body(end)
    }

    @Test func `what the requests cost is counted`() async throws {
        try await with { end in
            let url = "http://127.0.0.1:\(end.server.port)/normal/stable"
            let values = ["market.iex.url": url, "market.iex.token": IEXEnd.token]
            let context = try DriverContext.test(IEXSource.settings, values, loops: end.server.loops)
            let source = try IEXSource(context: context)
            for _ in 0..<2 { _ = try await source.quotes(["AAPL", "NVDA"]) }
            #expect(context.metrics.prometheusText().contains("lonja_market_iex_messages_total 6"))
        }
    }

    @Test(arguments: [
        (["market.iex.url": "http://iex.example/stable"], "loopback"),
        (["market.iex.url": "ftp://iex.example/stable"], "no http"),
        (["market.iex.url": "nonsense"], "no http"),
        (["market.iex.url": "https://iex.example/stable?token=x"], "query"),
        (["market.iex.url": ""], "market.iex.url"),
        (["market.iex.token": ""], "market.iex.token"),
        (["market.iex.token": "a&b"], "market.iex.token"),
    ])
    func `settings that cannot work say so`(_ change: [String: String], _ piece: String) async throws {
        try await with { end in
            let error = #expect(throws: (any Error).self) { try end.source(.normal, change) }
            #expect(error.map { "\($0)" }?.contains(piece) == true, "\(String(describing: error))")
            #expect(error.map { "\($0)" }?.contains("a&b") == false)
        }
    }

    @Test func `a redirect is not followed`() async throws {
        try await with { end in
            let source = try end.source(.normal, ["market.iex.url": "http://127.0.0.1:\(end.server.port)/moved/stable"])
            await #expect(throws: QuoteSourceError.self) { try await source.quotes(["AAPL"]) }
        }
    }

    @Test func `a day that a short range has is asked for with it`() async throws {
        let today = try CalendarDate(parsing: "2026-03-11")
        for (back, range) in [
            (0, "5d"), (4, "5d"), (5, "1m"), (27, "1m"), (28, "3m"), (88, "3m"), (180, "6m"), (364, "1y"), (365, "2y"),
            (729, "2y"), (1825, "5y"), (1826, "max"), (700_000, "max"), (-10, "5d"),
        ] {
            let first = try #require(today.advanced(byDays: -back))
            #expect(IEXRange.covering(first, today: today).rawValue == range, "\(back) days back")
        }
    }
}
