import Money
import Observe
import Plugin
import Testing

@testable import MarketService

@Suite struct DelayTests {
    static let delay = DelayRule.delay
    /// A Tuesday, at noon in New York.
    static let noon = WallTime(secondsSinceEpoch: 1_767_718_800)

    static func after(_ seconds: Int) -> WallTime { noon.advanced(by: .seconds(seconds)) }

    static func label(_ timeliness: QuoteCapabilities.Timeliness) -> SourceLabel {
        SourceLabel(
            QuoteCapabilities(
                source: "live",
                timeliness: timeliness,
                batchSize: 1,
                historyFrom: nil,
                hasActions: false,
                licence: .init(name: "", attribution: "", isRedistributable: true)
            ),
            isFallback: false
        )
    }

    static func quote(_ price: ExactDecimal, at time: WallTime, session: SourceSession = .open) -> SourceQuote {
        SourceQuote(
            symbol: "A",
            price: price,
            currency: .usd,
            asOf: time,
            delaySeconds: 0,
            session: session,
            origin: .real,
            previousClose: "9.00",
            open: "9.50",
            high: "12.00",
            low: "8.00",
            volume: 5,
            bid: price,
            ask: price
        )
    }

    static func admit(_ desk: DelayDesk, _ quote: SourcedQuote) async throws -> SourcedQuote {
        let admitted = await desk.admit([quote])
        return try #require(admitted.first).get()
    }

    @Test func `a buffer gives the newest that is old enough, and keeps no older ones`() {
        var buffer = DelayBuffer<Int>(spacing: .seconds(15))
        for second in stride(from: 0, through: 3600, by: 5) {
            buffer.add(second, at: Self.after(second), delay: Self.delay)
            let shown = buffer.shown(at: Self.after(second), delay: Self.delay)?.observation
            #expect(shown == (second >= 900 ? (second - 900) / 15 * 15 : nil), "\(second)")
            #expect(buffer.count <= 62)
        }
        #expect(buffer.shown(at: Self.after(100_000), delay: Self.delay)?.observation == 3600)
    }

    @Test func `at first only the close of the day before is old enough`() async throws {
        let desk = DelayDesk(now: { Self.noon })
        let shown = try await Self.admit(
            desk,
            SourcedQuote(Self.quote("10.00", at: Self.after(-1)), Self.label(.realtime))
        ).quote
        #expect(shown.price == "9.00" && shown.session == .closed && shown.delaySeconds == 900)
        #expect(shown.asOf.rfc3339(digits: 0) == "2026-01-05T21:00:00Z")
        #expect(shown.bid == nil && shown.high == nil && shown.volume == nil && shown.previousClose == nil)
    }

    @Test func `a price that was made long ago is shown, without what is younger`() async throws {
        let desk = DelayDesk(now: { Self.noon })
        let old = SourcedQuote(Self.quote("10.00", at: Self.after(-900)), Self.label(.realtime))
        let shown = try await Self.admit(desk, old).quote
        #expect(shown.price == "10.00" && shown.asOf == Self.after(-900) && shown.delaySeconds == 900)
        #expect(shown.bid == nil && shown.ask == nil && shown.high == nil && shown.low == nil && shown.volume == nil)
        #expect(shown.previousClose == "9.00")
    }

    @Test func `without anything old enough there is no price`() async {
        let desk = DelayDesk(now: { Self.noon })
        let quote = SourceQuote(
            symbol: "A",
            price: 10,
            currency: .usd,
            asOf: Self.noon,
            delaySeconds: 0,
            session: .open,
            origin: .real
        )
        let error = await #expect(throws: QuoteSourceError.self) {
            _ = try await Self.admit(desk, SourcedQuote(quote, Self.label(.realtime)))
        }
        #expect(error?.code == .stale)
    }

    /// Every kind of source, a trading day and the evening after it, second by second where it matters.
    @Test func `never is anything younger than a quarter of an hour shown`() async throws {
        for timeliness in [QuoteCapabilities.Timeliness.realtime, .delayed(seconds: 60), .endOfDay] {
            let clock = TestClock(start: Self.noon)
            let desk = DelayDesk(now: { clock.now })
            var shownOnes = 0
            var last = WallTime(secondsSinceEpoch: 0)
            for step in 0..<2400 {
                let second = step * 10
                let now = clock.now
                // Its price names the second it was made in; so do bid and ask.
                let made = timeliness == .delayed(seconds: 60) ? now.advanced(by: .seconds(-60)) : now
                let price = ExactDecimal(1_000_000 + second)
                let isOpen = second < 4 * 3600
                let quote = Self.quote(price, at: made, session: isOpen ? .open : .closed)
                let shown = try await Self.admit(desk, SourcedQuote(quote, Self.label(timeliness))).quote
                #expect(shown.asOf.duration(to: now) >= Self.delay && shown.asOf >= last)
                last = shown.asOf
                if shown.price != "9.00" {
                    shownOnes += 1
                    #expect(shown.price <= ExactDecimal(1_000_000 + second - 840), "\(second)")
                    #expect((shown.bid ?? 0) <= ExactDecimal(1_000_000 + second - 840))
                    #expect(shown.delaySeconds >= 900)
                }
                clock.advance(.seconds(10))
            }
            #expect(shownOnes > 2300, "\(timeliness)")
        }
    }

    @Test func `when the day is over for a quarter of an hour all of it is shown`() async throws {
        let close = try #require(WallTime(rfc3339: "2026-01-06T21:00:00Z"))
        let last = Self.quote("10.00", at: close, session: .closed)
        for (seconds, isWhole) in [(900, true), (86_400 / 2, true)] {
            let now = close.advanced(by: .seconds(seconds))
            let shown = try await Self.admit(
                DelayDesk(now: { now }),
                SourcedQuote(last, Self.label(.realtime))
            ).quote
            #expect(shown.price == "10.00" && (shown.high != nil) == isWhole && shown.bid == nil)
        }
        let early = close.advanced(by: .seconds(899))
        let shown = try await Self.admit(DelayDesk(now: { early }), SourcedQuote(last, Self.label(.realtime))).quote
        #expect(shown.price == "9.00" && shown.high == nil)
        // The last trade a quarter of an hour ago, but the day not over so long: its range may be younger.
        let quiet = Self.quote("10.00", at: close.advanced(by: .seconds(-600)), session: .closed)
        let soon = close.advanced(by: .seconds(300))
        let part = try await Self.admit(DelayDesk(now: { soon }), SourcedQuote(quiet, Self.label(.realtime))).quote
        #expect(part.price == "10.00" && part.high == nil)
    }

    @Test func `what is late by contract, or a replay, is shown as it is`() async throws {
        for timeliness in [QuoteCapabilities.Timeliness.delayed(seconds: 900), .replayed] {
            let quote = SourcedQuote(Self.quote("10.00", at: Self.noon), Self.label(timeliness))
            let shown = try await Self.admit(DelayDesk(now: { Self.noon }), quote)
            #expect(shown === quote)
        }
    }
}
