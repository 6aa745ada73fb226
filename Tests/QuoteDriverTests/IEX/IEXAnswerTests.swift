import Money
import Observe
import Plugin
import RPC
import Testing

@testable import IEXQuotes

/// Answers as they were recorded in 2019, and what is wrong with others.
@Suite struct IEXAnswerTests {
    /// A quote of 2019-04-04, after the close.
    static let recorded = [
        #"{"symbol":"MSFT","companyName":"Microsoft Corp.","calculationPrice":"close","open":120,"openTime":1554384600420,"#,
        #""close":119.36,"closeTime":1554408000193,"high":120.23,"low":118.38,"latestPrice":119.36,"latestSource":"Close","#,
        #""latestTime":"April 4, 2019","latestUpdate":1554408000193,"latestVolume":20088221,"iexRealtimePrice":119.32,"#,
        #""previousClose":119.97,"change":-0.61,"changePercent":-0.00508,"iexBidPrice":0,"iexAskPrice":0}"#,
    ].joined()

    private func parse(_ text: String) throws -> JSONValue {
        try #require(JSONValue(parsing: Array(text.utf8), maximumBytes: 1 << 20))
    }

    private func quote(_ change: (String, String)...) throws -> SourceQuote {
        var text = Self.recorded
        for (old, new) in change {
            try #require(text.contains(old))
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        return try IEXQuote.read(try parse(text), "MSFT")
    }

    @Test func `a recorded close is exact, closed and not late`() throws {
        let quote = try quote()
        #expect(quote.price.description == "119.36" && quote.previousClose == "119.97" && quote.open == "120")
        #expect(quote.asOf.rfc3339(digits: 3) == "2019-04-04T20:00:00.193Z")
        #expect(quote.session == .closed && quote.delaySeconds == 0 && quote.currency == .usd)
        #expect(quote.bid == nil && quote.ask == nil, "0 is no price")
        #expect(quote.volume == 20_088_221)
    }

    @Test(arguments: [
        ("IEX real time price", 0, MarketSession.open), ("15 minute delayed price", 900, .open), ("Close", 0, .closed),
        ("Previous close", 0, .closed), ("something new", 900, .open),
    ])
    func `the source of a price says how late it is`(_ source: String, _ delay: Int, _ session: MarketSession) throws {
        let time = (#""latestUpdate":1554408000193"#, #""latestUpdate":1554390000000"#)
        let quote = try quote((#""Close""#, "\"\(source)\""), time)
        #expect(quote.delaySeconds == delay && quote.session == session)
    }

    @Test func `volume as a number with an exponent is a number`() throws {
        #expect(try quote(("20088221", "2.0088221e7")).volume == 20_088_221)
    }

    @Test(arguments: [
        (#""symbol":"MSFT""#, #""symbol":"AAPL""#, QuoteSourceError.Code.malformed),
        (#""latestPrice":119.36"#, #""latestPrice":null"#, .stale),
        (#""latestPrice":119.36"#, #""latestPrice":"119.36""#, .malformed),
        (#""latestPrice":119.36"#, #""latestPrice":0"#, .malformed),
        (#""latestPrice":119.36"#, #""latestPrice":-119.36"#, .malformed),
        (#""latestPrice":119.36"#, #""latestPrice":1e99"#, .malformed),
        (#""latestPrice":119.36"#, #""latest":119.36"#, .stale),
        (#""latestUpdate":1554408000193"#, #""latestUpdate":null"#, .malformed),
        (#""latestUpdate":1554408000193"#, #""latestUpdate":-1"#, .malformed),
        (#""latestUpdate":1554408000193"#, #""latestUpdate":1554408000.5"#, .malformed),
        (#""latestUpdate":1554408000193"#, #""latestUpdate":99999999999999999"#, .malformed),
        (#""open":120"#, #""currency":"dollars""#, .malformed),
    ])
    func `what cannot be a price is an error`(_ old: String, _ new: String, _ code: QuoteSourceError.Code) {
        let error = #expect(throws: QuoteSourceError.self) { try quote((old, new)) }
        #expect(error?.code == code)
    }

    @Test func `a day in two rows, without a day or with impossible prices is an error`() throws {
        let row = #"{"date":"2019-04-04","uOpen":120,"uHigh":121,"uLow":118,"uClose":119,"uVolume":5,"open":60}"#
        #expect(try IEXBars.read(try parse("[\(row)]")).map(\.open) == ["120"])
        for bad in [
            "[\(row),\(row)]", "[\(row.replacing("2019-04-04", with: "2019-02-30"))]", "{}", "[1]", "[{}]", "[null]",
            "[\(row.replacing("121", with: "119.5"))]", "[\(row.replacing("118", with: "119.5"))]",
            "[\(row.replacing("118", with: "0"))]", "[\(row.replacing("118", with: "null"))]",
            "[\(row.replacing("uOpen", with: "x"))]", "[\(row.replacing(":5,", with: ":-5,"))]",
        ] {
            let error = #expect(throws: QuoteSourceError.self, "\(bad)") { try IEXBars.read(try parse(bad)) }
            #expect(error?.code == .malformed)
        }
        let empty = #"[{"date":"2019-04-05","uOpen":null,"uHigh":null,"uLow":null,"uClose":null,"uVolume":0}]"#
        #expect(try IEXBars.read(try parse(empty)).isEmpty, "a day without trade")
    }

    @Test func `two dividends of one day have ids of their own`() throws {
        let days = #""exDate":"2004-11-15","paymentDate":"2004-12-02","recordDate":"2004-11-17""#
        let row = #"{\#(days),"amount":"0.08","flag":""}"#
        let special = row.replacing(#""0.08""#, with: "3.00")
        let actions = try IEXActions.dividends(try parse("[\(row),\(special)]"), "MSFT")
        #expect(actions.map(\.id) == ["MSFT-dividend-2004-11-15", "MSFT-dividend-2004-11-15-2"])
        #expect(actions.last?.kind == .dividend(perShare: "3.00", currency: .usd))
        #expect(actions.first?.payableDay?.description == "2004-12-02")
        for bad in [#""x""#, "-1", "true", "[]"] {
            #expect(throws: QuoteSourceError.self) {
                try IEXActions.dividends(try parse("[\(row.replacing(#""0.08""#, with: bad))]"), "MSFT")
            }
        }
    }

    /// Any byte of an answer changed to any other: read or refused, never more.
    @Test func mangled() throws {
        let text = Array(#"{"MSFT":{"quote":\#(Self.recorded)}}"#.utf8)
        var generator = SystemRandomNumberGenerator()
        for position in text.indices {
            var changed = text
            changed[position] = UInt8.random(in: .min ... .max, using: &generator)
            guard let value = JSONValue(parsing: changed, maximumBytes: 1 << 20) else { continue }
            _ = try? IEXQuote.batch(value, ["MSFT"])
            _ = try? IEXBars.read(value)
            _ = try? IEXActions.splits(value, "MSFT")
            _ = try? IEXCompanies.read(value)
        }
    }
}
