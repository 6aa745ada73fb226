import Contracts
import Money
import Plugin
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import MarketService

/// What happens when the first source does not answer.
@Suite struct FallbackTests {
    let context = CallContext.root()

    static func with(
        settings: [String: String] = [:],
        fallback: Bool = true,
        _ body: @Sendable (Fixture) async throws -> Void
    ) async throws {
        try await Fixture.with(fallback: fallback, settings: settings) { fixture in
            for (source, price) in [(fixture.source, ExactDecimal("10.10")), (fixture.fallback, "20.20")] {
                source?.state.withLock {
                    $0.timeliness = .delayed(seconds: 900)
                    $0.companies = [Fixture.company("A", "Alpha")]
                }
                for symbol in ["A", "B"] { source?.set(CacheTests.quote(fixture, symbol, price)) }
            }
            try await body(fixture)
        }
    }

    private func price(_ fixture: Fixture, _ symbol: String = "A") async throws -> MarketQuote {
        try await fixture.service.getQuote(.with { $0.symbol = symbol }, context)
    }

    @Test(arguments: [
        QuoteSourceError.Code.upstream, .malformed, .throttled, .quotaExhausted, .notEntitled, .stale, .unsupported,
    ])
    func `the second source stands in, and the answer says so`(_ code: QuoteSourceError.Code) async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.failure = QuoteSourceError(code, "no") }
            let quote = try await price(fixture)
            #expect(quote.fallback && quote.source == "second" && quote.price.amount == "20.20" && !quote.stale)
        }
    }

    @Test func `only what the first source lacks is asked of the second`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.quotes["B"] = .failure(QuoteSourceError(.upstream, "no")) }
            let answer = try await fixture.service.getQuotes(.with { $0.symbols = ["A", "B", "NOPE"] }, context)
            #expect(answer.items.map(\.source) == ["fake", "second"])
            #expect(answer.items.map(\.fallback) == [false, true])
            #expect(answer.missing.map(\.problem) == ["unknown-symbol"])
            #expect(fixture.fallback?.state.withLock { $0.asked } == [["B"]])
        }
    }

    @Test func `that the second does not know a symbol says nothing while the first is down`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.upstream, "no") }
            fixture.fallback?.state.withLock { $0.quotes["A"] = nil }
            #expect(await MarketServiceTests.code { _ = try await price(fixture) } == .unavailable)
        }
    }

    @Test func `the first source serves again as soon as it can`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.upstream, "no") }
            let shown1 = try await price(fixture).fallback
            #expect(shown1)
            fixture.source.state.withLock { $0.failure = nil }
            fixture.clock.advance(.seconds(21))
            let shown2 = try await price(fixture).fallback
            #expect(!shown2)
        }
    }

    @Test func `a source that fails on and on is rested, and tried again`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.upstream, "no") }
            for number in 0..<20 {
                let stoodIn = try await price(fixture, number % 2 == 0 ? "A" : "B").fallback
                #expect(stoodIn)
            }
            for _ in 0..<10 {
                fixture.clock.advance(.milliseconds(21_000))
                let shown3 = try await price(fixture).fallback
                #expect(shown3)
            }
            // Two at the beginning; then one after each pause of at most a minute, of 210 seconds.
            #expect((6...12).contains(fixture.source.calls), "\(fixture.source.calls)")
        }
    }

    @Test func `a source that does not answer is given up after its time`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.isHeld = true }
            async let waiting = price(fixture)
            try await fixture.until { fixture.source.calls == 1 && fixture.clock.sleepers > 0 }
            fixture.clock.advance(.seconds(3))
            // The driver keeps its promise: a cancelled call ends.
            fixture.source.release()
            let quote = try await waiting
            #expect(quote.fallback)
        }
    }

    @Test func `a budget is not exceeded, and the second source helps out`() async throws {
        let settings = ["LONJA_MARKET_BUDGET_QUOTES_PER_MINUTE": "6", "LONJA_MARKET_BUDGET_QUOTES_BURST": "2"]
        try await Self.with(settings: settings) { fixture in
            for second in 0..<120 {
                let quote = try await price(fixture, second % 2 == 0 ? "A" : "B")
                #expect(quote.price.amount == (quote.fallback ? "20.20" : "10.10"))
                fixture.clock.advance(.seconds(1))
            }
            // Two at once and twelve in the two minutes; less, as a fetch under way lets seconds of this clock pass.
            let asked = fixture.source.calls
            #expect((3...14).contains(asked), "\(asked)")
            #expect((fixture.fallback?.calls ?? 0) > 0)
        }
    }

    @Test func `what the driver says of its limits holds where the configuration says nothing`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.rateLimit = .init(requests: 2, per: .seconds(3600)) }
            var stoodIn: [Bool] = []
            for _ in 0..<4 {
                stoodIn.append(try await price(fixture).fallback)
                fixture.clock.advance(.seconds(60))
            }
            #expect(stoodIn == [false, true, true, true] && fixture.source.calls == 1)
        }
    }

    @Test func `without a second source a used up budget says when to come back`() async throws {
        let settings = ["LONJA_MARKET_BUDGET_QUOTES_PER_MINUTE": "1", "LONJA_MARKET_BUDGET_QUOTES_BURST": "1"]
        try await Self.with(settings: settings, fallback: false) { fixture in
            // The list of companies, for the name, takes none: it is asked for after the price.
            let shown4 = try await price(fixture).name
            #expect(shown4 == "")
            let answer = try await fixture.service.getQuotes(.with { $0.symbols = ["A", "B"] }, context)
            #expect(answer.items.map(\.symbol) == ["A"] && answer.missing.map(\.problem) == ["throttled"])
            let error = try await #require(throws: RPCError.self) { _ = try await price(fixture, "B") }
            #expect(error.code == .unavailable && error.reason == "throttled" && (error.retryAfter ?? .zero) > .zero)
        }
    }

    @Test func `a source that says when to come back is left alone until then`() async throws {
        let settings = ["LONJA_MARKET_BUDGET_QUOTES_PER_MINUTE": "6000"]
        try await Self.with(settings: settings) { fixture in
            let refusal = QuoteSourceError(.throttled, "slow down", retryAfter: .seconds(30))
            fixture.source.state.withLock { $0.failure = refusal }
            let shown5 = try await price(fixture).fallback
            #expect(shown5)
            fixture.source.state.withLock { $0.failure = nil }
            let before = fixture.source.calls
            for _ in 0..<14 {
                fixture.clock.advance(.seconds(2))
                let shown6 = try await price(fixture).fallback
                #expect(shown6)
                #expect(fixture.source.calls == before)
            }
            fixture.clock.advance(.seconds(21))
            let shown7 = try await price(fixture).fallback
            #expect(!shown7)
        }
    }

    @Test func `history and companies come from the second source too`() async throws {
        try await Self.with { fixture in
            let bar = SourceBar(
                day: Fixture.day("2025-12-30"),
                open: 1,
                high: 1,
                low: 1,
                close: 1,
                volume: 1,
                origin: .real
            )
            fixture.fallback?.state.withLock { $0.bars = [bar] }
            fixture.source.state.withLock { $0.factFailure = QuoteSourceError(.upstream, "no") }
            let history = try await fixture.service.getHistory(.with { $0.symbol = "A" }, context)
            #expect(history.fallback && history.source == "second" && history.items.map(\.date) == ["2025-12-30"])
            let list = try await fixture.service.listCompanies(.init(), context)
            #expect(list.items.map(\.symbol) == ["A"])
        }
    }
}
