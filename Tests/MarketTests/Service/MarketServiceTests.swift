import Contracts
import Money
import Observe
import Plugin
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import MarketService

@Suite struct MarketServiceTests {
    let context = CallContext.root()

    static func code(_ body: () async throws -> Void) async -> RPCError.Code? {
        do { try await body() } catch { return (error as? RPCError)?.code }
        return nil
    }

    @Test func `a quote says everything about itself`() async throws {
        try await Fixture.with { fixture in
            fixture.source.set(Fixture.quote("AAA", "10.10"))
            fixture.source.state.withLock { $0.companies = [Fixture.company("AAA", "Alpha")] }
            let quote = try await fixture.service.getQuote(.with { $0.symbol = "AAA" }, context)
            #expect(quote.price.amount == "10.10" && quote.price.currency == "USD")
            #expect(quote.name == "Alpha" && quote.source == "fake" && quote.synthetic && quote.replayed)
            #expect(!quote.stale && !quote.fallback)
            #expect(quote.change == "0.10" && quote.changePercent == "0.010000")
            #expect(quote.asOf.seconds == Fixture.now.secondsSinceEpoch)
            #expect(quote.replayedTime.seconds == Fixture.recorded.secondsSinceEpoch)
            #expect(quote.day.high == "11.00" && quote.day.volume == 1234 && quote.session == .open)
        }
    }

    @Test func `on the day of a split the close before is divided`() async throws {
        try await Fixture.with { fixture in
            fixture.source.set(Fixture.quote("AAA", "44.86", before: "88.99"))
            fixture.source.state.withLock { $0.actions = [HistoryTests.split("2005-02-28", 1, 2)] }
            let quote = try await fixture.service.getQuote(.with { $0.symbol = "AAA" }, context)
            #expect(quote.previousClose.amount == "44.495" && quote.change == "0.365")
        }
    }

    @Test func `a price of zero is no price`() async throws {
        try await Fixture.with { fixture in
            fixture.source.set(Fixture.quote("AAA", 0))
            let answer = try await fixture.service.getQuotes(.with { $0.symbols = ["AAA"] }, context)
            #expect(answer.items.isEmpty && answer.missing.map(\.problem) == ["unavailable"])
        }
    }

    @Test func `an unknown symbol is not found, a bad one is refused`() async throws {
        try await Fixture.with { fixture in
            let service = fixture.service
            for (symbol, expected) in [("NOPE", RPCError.Code.notFound), ("no pe", .invalidArgument)] {
                let codes = [
                    await Self.code { _ = try await service.getQuote(.with { $0.symbol = symbol }, context) },
                    await Self.code { _ = try await service.getCompany(.with { $0.symbol = symbol }, context) },
                    await Self.code { _ = try await service.getHistory(.with { $0.symbol = symbol }, context) },
                    await Self.code { _ = try await service.listActions(.with { $0.symbol = symbol }, context) },
                ]
                #expect(codes == Array(repeating: expected, count: 4), "\(symbol)")
            }
        }
    }

    @Test func `many quotes keep their order, once each, and name what is missing and why`() async throws {
        try await Fixture.with { fixture in
            fixture.source.state.withLock { state in
                state.batchSize = 2
                for symbol in ["A", "B", "C"] { state.quotes[symbol] = .success(Fixture.quote(symbol, "10.10")) }
                state.quotes["BAD"] = .failure(QuoteSourceError(.upstream, "no answer"))
                state.quotes["DEAR"] = .failure(QuoteSourceError(.notEntitled, "not in the plan"))
            }
            let answer = try await fixture.service.getQuotes(
                .with { $0.symbols = ["C", "NOPE", "A", "C", "BAD", "B", "DEAR"] },
                context
            )
            #expect(answer.items.map(\.symbol) == ["C", "A", "B"])
            #expect(answer.missing.map(\.symbol) == ["NOPE", "BAD", "DEAR"])
            #expect(answer.missing.map(\.problem) == ["unknown-symbol", "unavailable", "not-entitled"])
            let asked = fixture.source.state.withLock { $0.asked }
            #expect(Set(asked) == [["C", "NOPE"], ["A", "BAD"], ["B", "DEAR"]] && asked.count == 3)
        }
    }

    @Test func `five hundred symbols are answered in one call, more are refused, and so are none`() async throws {
        try await Fixture.with { fixture in
            let many = (0...500).map { "A\($0)" }
            for symbol in many { fixture.source.set(Fixture.quote(symbol, "10.10")) }
            fixture.source.state.withLock { $0.batchSize = 100 }
            let service = fixture.service
            let answer = try await service.getQuotes(.with { $0.symbols = Array(many.prefix(500)) }, context)
            #expect(answer.items.map(\.symbol) == Array(many.prefix(500)) && fixture.source.calls == 5)
            for symbols in [[], many] {
                let code = await Self.code {
                    _ = try await service.getQuotes(.with { $0.symbols = symbols }, context)
                }
                #expect(code == .invalidArgument)
            }
        }
    }

    @Test func `a source that is down is unavailable`() async throws {
        try await Fixture.with { fixture in
            fixture.source.state.withLock { $0.failure = QuoteSourceError(.throttled, "too many") }
            let service = fixture.service
            let code = await Self.code { _ = try await service.getQuote(.with { $0.symbol = "A" }, context) }
            #expect(code == .unavailable)
        }
    }

    @Test func `history is adjusted unless it shall not be`() async throws {
        try await Fixture.with { fixture in
            let bar = SourceBar(
                day: Fixture.day("2005-02-25"),
                open: "89.62",
                high: "89.91",
                low: "88.19",
                close: "88.99",
                volume: 7,
                origin: .synthetic
            )
            fixture.source.state.withLock {
                $0.companies = [Fixture.company("AAA", "Alpha")]
                $0.bars = [bar]
                $0.actions = [HistoryTests.split("2005-02-28", 1, 2)]
            }
            let service = fixture.service
            let split = try await service.getHistory(.with { $0.symbol = "AAA" }, context)
            #expect(split.items.map(\.close) == ["44.495"] && split.items.map(\.volume) == [14])
            #expect(split.range == "1y" && split.interval == "1d" && split.adjustment == "split" && split.synthetic)
            #expect(split.source == "fake" && !split.fallback)
            let raw = try await service.getHistory(
                .with {
                    $0.symbol = "AAA"; $0.adjustment = "raw"
                },
                context
            )
            #expect(raw.items.map(\.close) == ["88.99"])
        }
    }

    @Test func `a bad range is named`() async throws {
        try await Fixture.with { fixture in
            let service = fixture.service
            let error = try await #require(throws: RPCError.self) {
                try await service.getHistory(
                    .with {
                        $0.symbol = "AAA"; $0.range = "fortnight"
                    },
                    context
                )
            }
            #expect(error.code == .invalidArgument && error.message.contains("1d"))
        }
    }

    @Test func `the clock says when it changes by our time`() async throws {
        try await Fixture.with { fixture in
            let clock = try await fixture.service.getClock(.init(), context)
            #expect(clock.time.seconds == Fixture.now.secondsSinceEpoch && clock.session == .open && clock.replayed)
            #expect(clock.nextChange.seconds == Fixture.now.secondsSinceEpoch + 10 && clock.source == "fake")
        }
    }

    @Test func `a calendar has bounds`() async throws {
        try await Fixture.with { fixture in
            let service = fixture.service
            let answer = try await service.getCalendar(.init(), context)
            #expect(answer.items.map(\.date) == ["2005-02-28"] && answer.holidays.map(\.date) == ["2005-03-25"])
            let bad = [("2012-01-02", "2012-01-01"), ("2012-01-01", "2013-06-01"), ("x", ""), ("", "2012-02-30")]
            for (from, to) in bad {
                let code = await Self.code {
                    _ = try await service.getCalendar(
                        .with {
                            $0.from = from; $0.to = to
                        },
                        context
                    )
                }
                #expect(code == .invalidArgument, "\(from) \(to)")
            }
        }
    }

    @Test func `where the source has no calendar the rules of the exchange hold`() async throws {
        let thanksgiving = try #require(WallTime(rfc3339: "2024-11-28T15:00:00Z"))
        try await Fixture.with(now: thanksgiving) { fixture in
            fixture.source.state.withLock {
                $0.timeliness = .delayed(seconds: 900)
                $0.clockFailure = QuoteSourceError(.unsupported, "no clock")
            }
            let clock = try await fixture.service.getClock(.init(), context)
            #expect(clock.session == .closed && clock.source == "nyse-rules" && !clock.replayed)
            #expect(clock.nextChange.seconds == 1_732_890_600)
            let days = try await fixture.service.getCalendar(
                .with {
                    $0.from = "2024-11-27"; $0.to = "2024-12-01"
                },
                context
            )
            #expect(days.items.map(\.date) == ["2024-11-27", "2024-11-29"] && days.source == "nyse-rules")
            #expect(days.items.map(\.earlyClose) == [false, true])
            #expect(days.holidays.map(\.name) == ["Thanksgiving Day"])
        }
    }

    @Test func `a price is stale when it is later than promised`() {
        let quote = Fixture.quote("A", "1.00")
        func isStale(_ timeliness: QuoteCapabilities.Timeliness, after seconds: Int) -> Bool {
            let now = Fixture.recorded.advanced(by: .seconds(seconds))
            return Staleness.begins(quote, timeliness).map { $0 <= now } ?? false
        }
        #expect(!isStale(.replayed, after: 100_000))
        #expect(isStale(.realtime, after: 960) && !isStale(.realtime, after: 959))
        #expect(isStale(.delayed(seconds: 900), after: 960) && !isStale(.delayed(seconds: 900), after: 959))
        #expect(isStale(.delayed(seconds: 1800), after: 1860) && !isStale(.delayed(seconds: 1800), after: 1859))
        #expect(!isStale(.endOfDay, after: 4 * 86_400 - 1) && isStale(.endOfDay, after: 4 * 86_400))
    }
}
