import Money
import Observe
import Plugin
import Reactor
import Testing

/// What the port gives its drivers.
@Suite struct PortTests {
    @Test(arguments: [
        ("2026-03-11T15:00:00Z", "2026-03-11", 39_600, MarketSession.open),
        ("2026-03-11T13:29:59Z", "2026-03-11", 34_199, .pre),
        ("2026-03-11T13:30:00Z", "2026-03-11", 34_200, .open), ("2026-03-11T20:00:00Z", "2026-03-11", 57_600, .post),
        ("2026-03-12T00:00:00Z", "2026-03-11", 72_000, .closed), ("2026-03-11T08:00:00Z", "2026-03-11", 14_400, .pre),
        ("2026-03-11T07:59:59Z", "2026-03-11", 14_399, .closed), ("2026-01-15T14:30:00Z", "2026-01-15", 34_200, .open),
        ("2026-01-15T04:59:59Z", "2026-01-14", 86_399, .closed),
        ("2026-03-14T15:00:00Z", "2026-03-14", 39_600, .closed),
        ("2006-04-03T13:30:00Z", "2006-04-03", 34_200, .open), ("2006-03-20T14:30:00Z", "2006-03-20", 34_200, .open),
    ])
    func `clocks in New York`(_ time: String, _ day: String, _ seconds: Int, _ session: MarketSession) throws {
        let time = try #require(WallTime(rfc3339: time))
        let local = try #require(NewYorkTime.local(time))
        #expect(local.day.description == day && local.seconds == seconds)
        #expect(NewYorkTime.session(at: time) == session)
        if seconds >= 7200 { #expect(NewYorkTime.moment(local.day, seconds: seconds) == time) }
    }

    @Test(arguments: [
        ("1", "2", 1, 2), ("1", "0.05", 20, 1), ("2", "3", 2, 3), ("1", "1.5", 2, 3), ("10.00", "1", 10, 1),
        ("4", "2", 2, 1), ("1", "1.005", 200, 201),
    ])
    func `splits are in lowest terms`(_ old: String, _ new: String, _ from: Int, _ into: Int) throws {
        let kind = CorporateAction.Kind.split(old: try ExactDecimal(parsing: old), new: try ExactDecimal(parsing: new))
        #expect(kind == .split(from: from, into: into))
    }

    @Test(arguments: [("0", "1"), ("1", "0"), ("-1", "1"), ("1", "1.0"), ("1", "0.000000000000000001")])
    func `what is no split`(_ old: String, _ new: String) throws {
        #expect(
            CorporateAction.Kind.split(old: try ExactDecimal(parsing: old), new: try ExactDecimal(parsing: new)) == nil
        )
    }

    private func at(_ milliseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

    @Test func `a pause lasts as long as the source wants`() throws {
        var pause = SourcePause()
        try pause.begin(at(0))
        let other = QuoteSourceError(.upstream, "down", retryAfter: .seconds(9))
        #expect(pause.failed(other, at(0)) == other)
        try pause.begin(at(1))
        let told = pause.failed(QuoteSourceError(.throttled, "slow down", retryAfter: .seconds(7)), at(1000))
        #expect(told.retryAfter == .seconds(7))
        let error = #expect(throws: QuoteSourceError.self) { try pause.begin(at(3000)) }
        #expect(error == QuoteSourceError(.throttled, "slow down", retryAfter: .seconds(5)))
        // A shorter one of a call that was under way does not end it.
        _ = pause.failed(QuoteSourceError(.throttled, "slow down", retryAfter: .seconds(1)), at(3000))
        #expect(throws: QuoteSourceError.self) { try pause.begin(at(7999)) }
        try pause.begin(at(8000))
        try pause.begin(at(8001))
    }

    @Test func `a pause without an end, or with an absurd one, has bounds`() throws {
        var pause = SourcePause()
        #expect(pause.failed(QuoteSourceError(.throttled, "x"), at(0)).retryAfter == SourcePause.usual)
        let long = QuoteSourceError(.quotaExhausted, "x", retryAfter: .seconds(1 << 30))
        #expect(pause.failed(long, at(0)).retryAfter == SourcePause.longest)
        #expect(throws: QuoteSourceError.self) { try pause.begin(at(899_999)) }
        try pause.begin(at(900_000))
    }

    @Test func `symbols`() {
        for symbol in ["A", "BRK.B", "A-B", "ABCDEFGHIJKL", "A1"] { #expect(SourceCompany.isSymbol(symbol)) }
        for text in ["", "a", "1A", ".A", "ABCDEFGHIJKLM", "A B", "Ä", "A/B"] { #expect(!SourceCompany.isSymbol(text)) }
    }
}
