import Contracts
import Money
import Observe
import Plugin
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import MarketService

/// What memory does between the callers and the source.
@Suite struct CacheTests {
    let context = CallContext.root()

    /// A source late by contract, with one price as new as it may be.
    static func with(
        loops: Int = 1,
        settings: [String: String] = [:],
        _ body: @Sendable (Fixture) async throws -> Void
    ) async throws {
        try await Fixture.with(loops: loops, settings: settings) { fixture in
            fixture.source.state.withLock { $0.timeliness = .delayed(seconds: 900) }
            fixture.source.set(quote(fixture, "A", "10.10"))
            try await body(fixture)
        }
    }

    static func quote(_ fixture: Fixture, _ symbol: String, _ price: ExactDecimal) -> SourceQuote {
        Fixture.quote(symbol, price, at: fixture.clock.now.advanced(by: .seconds(-901)))
    }

    private func price(_ fixture: Fixture, _ symbol: String = "A") async throws -> MarketQuote {
        try await fixture.service.getQuote(.with { $0.symbol = symbol }, context)
    }

    @Test func `a thousand callers at once are one call of the source`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.isHeld = true }
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<1000 { group.addTask { try await price(fixture).price.amount } }
                try await fixture.until { fixture.source.calls == 1 }
                fixture.source.release()
                for try await amount in group { #expect(amount == "10.10") }
            }
            #expect(fixture.source.calls == 1)
        }
    }

    @Test func `what is missed in one turn of a loop is one batch`() async throws {
        try await Self.with { fixture in
            for number in 0..<50 { fixture.source.set(Self.quote(fixture, "S\(number)", "10.10")) }
            try await fixture.onLoop { [context] in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            let quote = try await fixture.service.getQuote(
                                .with { $0.symbol = "S\(number)" },
                                context
                            )
                            #expect(quote.symbol == "S\(number)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(fixture.source.calls == 1)
        }
    }

    @Test func `a fresh price costs nothing, an old one is handed out while the new one comes`() async throws {
        try await Self.with { fixture in
            let shown1 = try await price(fixture).price.amount
            #expect(shown1 == "10.10")
            fixture.clock.advance(.seconds(4))
            fixture.source.set(Self.quote(fixture, "A", "10.20"))
            let shown2 = try await price(fixture).price.amount
            #expect(shown2 == "10.10")
            #expect(fixture.source.calls == 1)
            fixture.clock.advance(.seconds(2))
            let shown3 = try await price(fixture).price.amount
            #expect(shown3 == "10.10")
            try await fixture.until { fixture.source.calls == 2 }
            var amount = ""
            for _ in 0..<1000 where amount != "10.20" {
                amount = try await price(fixture).price.amount
                await Task.yield()
            }
            #expect(amount == "10.20" && fixture.source.calls == 2)
            // Beyond the bound nothing old is handed out: the caller waits for the new one.
            fixture.clock.advance(.seconds(21))
            fixture.source.set(Self.quote(fixture, "A", "10.30"))
            let shown4 = try await price(fixture).price.amount
            #expect(shown4 == "10.30")
        }
    }

    @Test func `an unknown symbol is asked for once in half a minute`() async throws {
        try await Self.with { fixture in
            for _ in 0..<3 {
                let code = await MarketServiceTests.code { _ = try await price(fixture, "NOPE") }
                #expect(code == .notFound)
            }
            #expect(fixture.source.calls == 1)
            fixture.clock.advance(.seconds(30))
            fixture.source.set(Self.quote(fixture, "NOPE", "7.00"))
            let shown5 = try await price(fixture, "NOPE").price.amount
            #expect(shown5 == "7.00")
        }
    }

    @Test func `while the source is down the last price is given, called stale, and then none`() async throws {
        try await Self.with(settings: ["LONJA_MARKET_CACHE_KEEP": "10m"]) { fixture in
            let shown6 = try await price(fixture).stale
            #expect(!shown6)
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.upstream, "down") }
            fixture.clock.advance(.seconds(21))
            let kept = try await price(fixture)
            #expect(kept.stale && kept.price.amount == "10.10")
            fixture.clock.advance(.seconds(500))
            let shown7 = try await price(fixture).stale
            #expect(shown7)
            fixture.clock.advance(.seconds(600))
            #expect(await MarketServiceTests.code { _ = try await price(fixture) } == .unavailable)
        }
    }

    @Test func `a licence that forbids to keep is kept`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.longestKept = .seconds(30) }
            let shown8 = try await price(fixture).price.amount
            #expect(shown8 == "10.10")
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.upstream, "down") }
            fixture.clock.advance(.seconds(29))
            let shown9 = try await price(fixture).price.amount
            #expect(shown9 == "10.10")
            fixture.clock.advance(.seconds(1))
            #expect(await MarketServiceTests.code { _ = try await price(fixture) } == .unavailable)
        }
    }

    @Test func `a swap is seen at once, and by who waits for the old source`() async throws {
        try await Self.with { fixture in
            let shown10 = try await price(fixture).source
            #expect(shown10 == "fake")
            fixture.source.state.withLock { $0.isHeld = true }
            async let waiting = price(fixture, "B")
            try await fixture.until { fixture.source.calls == 2 }
            let other = try await fixture.swap("other")
            other.set(Fixture.quote("A", "20.00"))
            other.set(Fixture.quote("B", "30.00"))
            let quote = try await price(fixture)
            #expect(quote.source == "other" && quote.price.amount == "20.00")
            fixture.source.release()
            let late = try await waiting
            #expect(late.source == "other" && late.price.amount == "30.00")
        }
    }

    @Test func `who is cancelled leaves at once, the others get their answer`() async throws {
        try await Self.with { fixture in
            fixture.source.state.withLock { $0.isHeld = true }
            let leaving = Task { try await price(fixture) }
            async let staying = price(fixture)
            try await fixture.until { fixture.source.calls == 1 }
            leaving.cancel()
            await #expect(throws: RPCError.self) { try await leaving.value }
            fixture.source.release()
            let amount = try await staying.price.amount
            #expect(amount == "10.10")
        }
    }

    @Test func `each loop has its own memory`() async throws {
        try await Self.with(loops: 2) { fixture in
            for _ in 0..<2 {
                for loop in 0..<2 {
                    let amount = try await fixture.onLoop(loop) { [context] in
                        try await fixture.service.getQuote(.with { $0.symbol = "A" }, context).price.amount
                    }
                    #expect(amount == "10.10")
                }
            }
            #expect(fixture.source.calls == 2)
        }
    }

    @Test func `what one loop was told last serves another while the source is down`() async throws {
        try await Self.with(loops: 2) { fixture in
            func ask(_ loop: Int) async throws -> MarketQuote {
                try await fixture.onLoop(loop) { [context] in
                    try await fixture.service.getQuote(.with { $0.symbol = "A" }, context)
                }
            }
            let first = try await ask(0)
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.upstream, "down") }
            let second = try await ask(1)
            #expect(first.price == second.price && !first.stale && second.stale)
            fixture.clock.advance(.seconds(3601))
            #expect(await MarketServiceTests.code { _ = try await ask(1) } == .unavailable)
        }
    }
}
