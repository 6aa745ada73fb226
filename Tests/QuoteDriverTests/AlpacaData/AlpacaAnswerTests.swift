import Money
import Observe
import Plugin
import RPC
import Testing

@testable import AlpacaDataQuotes

/// Answers of Alpaca's, and what is wrong with others.
@Suite struct AlpacaAnswerTests {
    private func parse(_ text: String) throws -> JSONValue {
        try #require(JSONValue(parsing: Array(text.utf8), maximumBytes: 1 << 20))
    }

    private func snapshot(trade: String, daily: String, before: String = "null") throws -> SourceQuote {
        let bars = #""dailyBar":\#(daily),"prevDailyBar":\#(before)"#
        let value = try parse(#"{"AAPL":{"latestTrade":\#(trade),"latestQuote":{"ap":0,"bp":12.5},\#(bars)}}"#)
        return try #require(try AlpacaSnapshots.read(value, ["AAPL"], .iex)["AAPL"]).get()
    }

    @Test func `before the opening, the daily bar is of the day before`() throws {
        let quote = try snapshot(
            trade: #"{"t":"2026-03-11T12:00:00.123456789Z","p":12.5}"#,
            daily: #"{"t":"2026-03-10T04:00:00Z","o":11,"h":13,"l":10,"c":12.10,"v":5}"#,
            before: #"{"t":"2026-03-09T04:00:00Z","o":1,"h":1,"l":1,"c":1,"v":1}"#
        )
        #expect(quote.previousClose?.description == "12.10" && quote.session == .pre)
        #expect(quote.open == nil && quote.high == nil && quote.low == nil && quote.volume == nil)
        #expect(quote.asOf.nanosecondsOfSecond == 123_456_789)
        #expect(quote.bid == "12.5" && quote.ask == nil)
    }

    @Test(arguments: [
        (#"{"t":"2026-03-11T12:00:00Z"}"#, QuoteSourceError.Code.malformed),
        (#"{"t":"2026-03-11T12:00:00Z","p":0}"#, .malformed), (#"{"t":"2026-03-11T12:00:00Z","p":"1"}"#, .malformed),
        (#"{"t":"yesterday","p":1}"#, .malformed), (#"{"t":"2026-03-11T12:00:00.1234567890Z","p":1}"#, .malformed),
        ("null", .stale), ("5", .malformed),
    ])
    func `what cannot be a price is an error`(_ trade: String, _ code: QuoteSourceError.Code) {
        let error = #expect(throws: QuoteSourceError.self) { try snapshot(trade: trade, daily: "null") }
        #expect(error?.code == code)
    }

    @Test func `bars that are none, or out of order, are errors`() throws {
        let row = #"{"t":"2026-03-10T04:00:00Z","o":11,"h":13,"l":10,"c":12,"v":5,"n":1,"vw":11.5}"#
        func read(_ rows: String) throws -> [SourceBar] {
            var bars: [SourceBar] = []
            try AlpacaBars.append(try parse(#"{"bars":{"AAPL":\#(rows)}}"#), "AAPL", to: &bars)
            return bars
        }
        #expect(try read("[\(row)]").map(\.day.description) == ["2026-03-10"])
        #expect(try read("null").isEmpty && read("[]").isEmpty)
        for bad in [
            "[\(row),\(row)]", "{}", "[1]", "[\(row.replacing("\"h\":13", with: "\"h\":11"))]",
            "[\(row.replacing("11,", with: "null,"))]", "[\(row.replacing("\"v\":5", with: "\"v\":5.5"))]",
            "[\(row.replacing("2026-03-10T04", with: "2026-03-10 04"))]",
        ] {
            let error = #expect(throws: QuoteSourceError.self, "\(bad)") { try read(bad) }
            #expect(error?.code == .malformed)
        }
        for bad in ["{}", "[]", #"{"bars":[]}"#, #"{"bars":5}"#] {
            var bars: [SourceBar] = []
            #expect(throws: QuoteSourceError.self) { try AlpacaBars.append(try parse(bad), "AAPL", to: &bars) }
        }
    }

    @Test(arguments: [
        // Open; before the opening; after the close; in the night; at a weekend; on a day off; after an early close.
        ("2026-03-11T11:00:00-04:00", "2026-03-12", "2026-03-11", "2026-03-11", "open"),
        ("2026-03-11T08:00:00-04:00", "2026-03-11", "2026-03-11", "2026-03-11", "pre"),
        ("2026-03-11T17:00:00-04:00", "2026-03-12", "2026-03-12", "2026-03-11", "post"),
        ("2026-03-11T23:00:00-04:00", "2026-03-12", "2026-03-12", "2026-03-11", "closed"),
        ("2026-03-14T11:00:00-04:00", "2026-03-16", "2026-03-16", "2026-03-13", "closed"),
        ("2026-04-03T11:00:00-04:00", "2026-04-06", "2026-04-06", "2026-04-02", "closed"),
        ("2025-11-28T14:00:00-05:00", "2025-12-01", "2025-12-01", "2025-11-28", "post"),
    ])
    func `the session of a clock`(
        _ now: String,
        _ openDay: String,
        _ closeDay: String,
        _ lastDay: String,
        _ session: String
    ) throws {
        let nextOpen = "\(openDay)T09:30:00\(now.suffix(6))"
        let times =
            #""timestamp":"\#(now)","next_open":"\#(nextOpen)","next_close":"\#(closeDay)T16:00:00\#(now.suffix(6))""#
        let text = #"{\#(times),"is_open":\#(session == "open")}"#
        let clock = try AlpacaClock(try parse(text)).marketClock(lastDay: try CalendarDate(parsing: lastDay))
        #expect(clock.session.rawValue == session && clock.day.description == lastDay)
        #expect(clock.now == WallTime(rfc3339: now) && clock.nextOpen == WallTime(rfc3339: nextOpen))
    }

    @Test func `a clock whose next change has passed is none`() throws {
        let text = #"{"timestamp":"2026-03-11T11:00:00-04:00","is_open":true,"next_open":"2026-03-11T09:30:00-04:00"}"#
        #expect(throws: QuoteSourceError.self) { try AlpacaClock(try parse(text)) }
    }

    @Test func `a short day ends early`() throws {
        let usual = #"{"date":"2025-12-01","open":"09:30","close":"16:00"}"#
        let text = #"[{"date":"2025-11-28","open":"09:30","close":"13:00"},\#(usual)]"#
        let days = try AlpacaCalendar.read(try parse(text), from: .earliest, through: .latest)
        #expect(days.map(\.isShort) == [true, false])
        #expect(days.first?.close.rfc3339(digits: 0) == "2025-11-28T18:00:00Z")
        for bad in ["{}", "[{}]", text.replacing("13:00", with: "25:00"), text.replacing("13:00", with: "0900")] {
            #expect(throws: QuoteSourceError.self) {
                try AlpacaCalendar.read(try parse(bad), from: .earliest, through: .latest)
            }
        }
    }

    @Test func `splits are in whole shares whatever their rates`() throws {
        var actions = AlpacaActions(symbol: "X")
        try actions.append(
            try parse(
                #"""
                {"corporate_actions":{"reverse_splits":[
                {"symbol":"X","new_rate":0.05,"old_rate":1,"ex_date":"2025-01-02"},
                {"symbol":"Y","new_rate":0.05,"old_rate":1,"ex_date":"2025-01-02"}],
                "forward_splits":[{"symbol":"X","new_rate":1.5,"old_rate":1,"ex_date":"2024-01-02"}]},"next_page_token":null}
                """#
            )
        )
        #expect(actions.sorted.map(\.kind) == [.split(from: 2, into: 3), .split(from: 20, into: 1)])
        for bad in [
            #"{"symbol":"X","new_rate":0,"old_rate":1,"ex_date":"2025-01-02"}"#, #"{"symbol":"X","new_rate":2}"#,
        ] {
            #expect(throws: QuoteSourceError.self) {
                try actions.append(try parse(#"{"corporate_actions":{"forward_splits":[\#(bad)]}}"#))
            }
        }
        #expect(throws: QuoteSourceError.self) { try actions.append(try parse("{}")) }
    }
}
