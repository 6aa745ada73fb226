import Money
import Observe
import Plugin
import QuoteSourceCompatibility
import RPC
import Testing

@testable import AlpacaDataQuotes

/// What is the Alpaca driver's own, against a server that speaks its interfaces.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AlpacaDataTests {
    private func with(_ options: [String] = [], _ body: (AlpacaDataEnd) async throws -> Void) async throws {
        let end = try await AlpacaDataEnd(options)
        defer { end.stop() }
        try await body(end)
    }

    @Test(arguments: ["no-sip=403", "no-sip=422"])
    func `a plan without the newest prices of all exchanges gets late ones, and is not asked again`(
        _ option: String
    ) async throws {
        try await with([option]) { end in
            let source = try end.source(.normal, ["market.alpacadata.feed": "sip"])
            #expect(source.capabilities.source == "alpaca-sip")
            let first = try await source.quotes(["AAPL"])
            let quote = try #require(first["AAPL"]).get()
            #expect(quote.delaySeconds == 900)
            let before = try await end.server.requestCount()
            let second = try await source.quotes(["AAPL"])
            #expect(second == first)
            let after = try await end.server.requestCount()
            #expect(after - before == 1)
            try await source.probe()
        }
    }

    @Test func `a plan with them has no delay`() async throws {
        try await with { end in
            let source = try end.source(.normal, ["market.alpacadata.feed": "sip"])
            let quotes = try await source.quotes(["AAPL"])
            #expect(try #require(quotes["AAPL"]).get().delaySeconds == 0)
            let late = try end.source(.normal, ["market.alpacadata.feed": "delayed_sip"])
            #expect(late.capabilities.timeliness == .delayed(seconds: 900))
            #expect(late.capabilities.source == "alpaca-delayed-sip")
            let lateQuotes = try await late.quotes(["AAPL"])
            #expect(try #require(lateQuotes["AAPL"]).get().delaySeconds == 900)
        }
    }

    @Test func `history comes in as many requests as it has pages`() async throws {
        try await with { end in
            let source = try end.source(.normal)
            let expected = try #require(end.facts.bars["NVDA"])
            let before = try await end.server.requestCount()
            let bars = try await source.bars("NVDA", from: .earliest, through: .latest)
            let after = try await end.server.requestCount()
            #expect(bars == expected && bars.count > 300)
            #expect(after - before == 2)
        }
    }

    @Test(arguments: [
        ("2026-03-11T15:00:00Z", "2026-03-10"), ("2026-03-11T20:00:00Z", "2026-03-10"),
        ("2026-03-11T20:19:59Z", "2026-03-10"), ("2026-03-11T20:20:00Z", "2026-03-11"),
        ("2026-03-12T03:59:59Z", "2026-03-11"), ("2026-01-15T21:19:00Z", "2026-01-14"),
        ("2026-01-15T21:20:00Z", "2026-01-15"),
    ])
    func `a day has a bar twenty minutes after its close`(_ now: String, _ day: String) throws {
        let now = try #require(WallTime(rfc3339: now))
        #expect(AlpacaBars.lastEnded(now).description == day)
    }

    @Test(arguments: [
        ("http://alpaca.example", "loopback"), ("ftp://x", "no http"), ("nonsense", "no http"),
        ("https://x?y", "query"),
    ])
    func `an address that cannot work says so`(_ url: String, _ piece: String) async throws {
        try await with { end in
            for key in ["market.alpacadata.url", "market.alpacadata.trading"] {
                let error = #expect(throws: AlpacaDataSettings.Invalid.self) {
                    try end.source(.normal, [key: url])
                }
                #expect(error?.description.contains(piece) == true && error?.description.contains(key) == true)
            }
            for key in ["market.alpacadata.key", "market.alpacadata.secret"] {
                let error = #expect(throws: AlpacaDataSettings.Invalid.self) { try end.source(.normal, [key: ""]) }
                #expect(error?.description.contains(key) == true)
            }
        }
    }

    @Test func `the probe asks the trading API too`() async throws {
        try await with { end in
            let url = "http://127.0.0.1:\(end.server.port)/foreign/trading"
            let source = try end.source(.normal, ["market.alpacadata.trading": url])
            let error = await #expect(throws: AlpacaUnfit.self) { try await source.probe() }
            #expect(error?.description.contains("market.alpacadata.trading") == true)
        }
    }

    @Test func `after the last request of a minute comes a pause, not a refusal`() async throws {
        try await with { end in
            let url = "http://127.0.0.1:\(end.server.port)/last"
            let change = ["market.alpacadata.url": "\(url)/data", "market.alpacadata.trading": "\(url)/trading"]
            let source = try end.source(.normal, change)
            let answers = try await source.quotes(["AAPL"])
            #expect(throws: Never.self) { try #require(answers["AAPL"]).get() }
            let before = try await end.server.requestCount()
            let error = await #expect(throws: QuoteSourceError.self) { try await source.companies() }
            #expect(error?.code == .throttled && (error?.retryAfter ?? .zero) > .seconds(7))
            let after = try await end.server.requestCount()
            #expect(after == before)
        }
    }

    @Test func `page tokens are encoded`() {
        #expect(AlpacaQuery.encoded("QUFQTHwx+/==,A.b-_~") == "QUFQTHwx%2B%2F%3D%3D,A.b-_~")
    }
}
