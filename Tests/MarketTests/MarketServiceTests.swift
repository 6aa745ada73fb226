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
        let fixture = try await Fixture()
        fixture.source.state.withLock {
            $0.quotes["AAA"] = .success(Fixture.quote("AAA", "10.10"))
            $0.companies = [Fixture.company("AAA", "Alpha")]
        }
        let quote = try await fixture.service.getQuote(.with { $0.symbol = "AAA" }, context)
        #expect(quote.price.amount == "10.10" && quote.price.currency == "USD")
        #expect(quote.name == "Alpha" && quote.source == "fake" && quote.synthetic && quote.replayed && !quote.stale)
        #expect(quote.change == "0.10" && quote.changePercent == "0.010000")
        #expect(quote.asOf.seconds == Fixture.now.secondsSinceEpoch)
        #expect(quote.replayedTime.seconds == Fixture.recorded.secondsSinceEpoch)
        #expect(quote.day.high == "11.00" && quote.day.volume == 1234 && quote.session == .open)
    }

    @Test func `on the day of a split the close before is divided`() async throws {
        let fixture = try await Fixture()
        fixture.source.state.withLock {
            $0.quotes["AAA"] = .success(Fixture.quote("AAA", "44.86", before: "88.99"))
            $0.actions = [HistoryTests.split("2005-02-28", 1, 2)]
        }
        let quote = try await fixture.service.getQuote(.with { $0.symbol = "AAA" }, context)
        #expect(quote.previousClose.amount == "44.495" && quote.change == "0.365")
    }

    @Test func `an unknown symbol is not found, a bad one is refused`() async throws {
        let fixture = try await Fixture()
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

    @Test func `many quotes keep their order, once each, and name what is missing`() async throws {
        let fixture = try await Fixture()
        fixture.source.state.withLock { state in
            state.batchSize = 2
            for symbol in ["A", "B", "C"] { state.quotes[symbol] = .success(Fixture.quote(symbol, "10.10")) }
            state.quotes["BAD"] = .failure(QuoteSourceError(.upstream, "no answer"))
        }
        let answer = try await fixture.service.getQuotes(
            .with { $0.symbols = ["C", "NOPE", "A", "C", "BAD", "B"] },
            context
        )
        #expect(answer.items.map(\.symbol) == ["C", "A", "B"])
        #expect(answer.missing.map(\.symbol) == ["NOPE", "BAD"])
        #expect(answer.missing.map(\.problem) == ["unknown-symbol", "unavailable"])
        #expect(fixture.source.state.withLock { $0.asked } == [["C", "NOPE"], ["A", "BAD"], ["B"]])
    }

    @Test func `no symbol and too many are refused`() async throws {
        let service = try await Fixture().service
        #expect(await Self.code { _ = try await service.getQuotes(.init(), context) } == .invalidArgument)
        let many = (0...500).map { "A\($0)" }
        #expect(
            await Self.code { _ = try await service.getQuotes(.with { $0.symbols = many }, context) }
                == .invalidArgument
        )
    }

    @Test func `a source that is down is unavailable`() async throws {
        let fixture = try await Fixture()
        fixture.source.state.withLock { $0.failure = QuoteSourceError(.throttled, "too many") }
        let service = fixture.service
        #expect(await Self.code { _ = try await service.getQuote(.with { $0.symbol = "A" }, context) } == .unavailable)
    }

    @Test func `a stream sends all, then changes, then a heartbeat`() async throws {
        let fixture = try await Fixture(pauses: 16) { source, count in
            if count == 2 { source.state.withLock { $0.quotes["B"] = .success(Fixture.quote("B", "10.30")) } }
        }
        fixture.source.state.withLock { state in
            for symbol in ["A", "B"] { state.quotes[symbol] = .success(Fixture.quote(symbol, "10.10")) }
        }
        var sent: [String] = []
        await #expect(throws: Fixture.Ended.self) {
            try await fixture.service.stream(["A", "B"]) { sent.append("\($0.symbol) \($0.price.amount)") }
        }
        #expect(sent == ["A 10.10", "B 10.10", "B 10.30", "A 10.10"])
    }

    @Test func `a stream of something unknown is refused`() async throws {
        let service = try await Fixture().service
        #expect(await Self.code { try await service.stream(["NOPE"]) { _ in } } == .notFound)
    }

    @Test func `history is adjusted unless it shall not be`() async throws {
        let fixture = try await Fixture()
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
        let raw = try await service.getHistory(
            .with {
                $0.symbol = "AAA"; $0.adjustment = "raw"
            },
            context
        )
        #expect(raw.items.map(\.close) == ["88.99"])
    }

    @Test func `a bad range is named`() async throws {
        let service = try await Fixture().service
        let error = try await #require(throws: RPCError.self) {
            try await service.getHistory(
                .with {
                    $0.symbol = "AAA"; $0.range = "fortnight"
                },
                context
            )
        }
        #expect(error.code == .invalidArgument && error.message.hasPrefix("range: ") && error.details.count == 1)
    }

    @Test func `the clock says when it changes by our time`() async throws {
        let clock = try await Fixture().service.getClock(.init(), context)
        #expect(clock.time.seconds == Fixture.now.secondsSinceEpoch && clock.session == .open && clock.replayed)
        #expect(clock.nextChange.seconds == Fixture.now.secondsSinceEpoch + 10)
    }

    @Test func `a calendar has bounds`() async throws {
        let service = try await Fixture().service
        #expect(try await service.getCalendar(.init(), context).items.map(\.date) == ["2005-02-28"])
        for (from, to) in [("2012-01-02", "2012-01-01"), ("2012-01-01", "2013-06-01"), ("x", ""), ("", "2012-02-30")] {
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

    @Test func `a price is stale when it is later than promised`() {
        let quote = Fixture.quote("A", "1.00")
        let late = Fixture.recorded.advanced(by: .seconds(961))
        #expect(!Staleness.isStale(quote, .replayed, now: late))
        #expect(Staleness.isStale(quote, .realtime, now: late))
        #expect(Staleness.isStale(quote, .delayed(seconds: 900), now: late))
        #expect(!Staleness.isStale(quote, .delayed(seconds: 900), now: late.advanced(by: .seconds(-1))))
        #expect(!Staleness.isStale(quote, .endOfDay, now: late))
    }
}
