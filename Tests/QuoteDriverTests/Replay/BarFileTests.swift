import Money
import Plugin
import Testing

@testable import ReplayQuotes

/// The numbers are copied by hand from stocks.csv of bokeh-sampledata 2026.1.
@Suite struct BarFileTests {
    struct Known: Sendable, CustomTestStringConvertible {
        var symbol: String
        var count: Int
        var first: DayBar
        var last: DayBar
        var testDescription: String { symbol }
    }

    static let lastDay: Int32 = 15_765  // 2013-03-01

    static let known = [
        Known(
            symbol: "AAPL",
            count: 3270,
            first: DayBar(
                day: 11_017,
                open: 1_185_600,
                high: 1_320_600,
                low: 1_185_000,
                close: 1_303_100,
                volume: 9_616_100
            ),
            last: DayBar(
                day: lastDay,
                open: 4_380_000,
                high: 4_381_799,
                low: 4_299_800,
                close: 4_304_700,
                volume: 19_730_300
            )
        ),
        Known(
            symbol: "IBM",
            count: 3270,
            first: DayBar(
                day: 11_017,
                open: 1_020_000,
                high: 1_055_000,
                low: 1_000_600,
                close: 1_002_500,
                volume: 10_807_800
            ),
            last: DayBar(
                day: lastDay,
                open: 2_006_500,
                high: 2_029_400,
                low: 1_993_600,
                close: 2_029_100,
                volume: 3_308_300
            )
        ),
        Known(
            symbol: "MSFT",
            count: 3270,
            first: DayBar(day: 11_017, open: 896_200, high: 940_900, low: 889_400, close: 908_100, volume: 53_444_900),
            last: DayBar(day: lastDay, open: 277_200, high: 279_800, low: 275_200, close: 279_500, volume: 34_849_700)
        ),
        Known(
            symbol: "GOOG",
            count: 2148,
            first: DayBar(
                day: 12_649,
                open: 1_000_100,
                high: 1_040_600,
                low: 959_600,
                close: 1_003_350,
                volume: 44_659_000
            ),
            last: DayBar(
                day: lastDay,
                open: 7_978_000,
                high: 8_071_400,
                low: 7_961_500,
                close: 8_061_900,
                volume: 4_346_400
            )
        ),
        Known(
            symbol: "FB",
            count: 196,
            first: DayBar(day: 15_478, open: 420_500, high: 450_000, low: 380_000, close: 382_318, volume: 573_576_400),
            last: DayBar(day: lastDay, open: 270_500, high: 281_164, low: 268_100, close: 277_800, volume: 54_064_800)
        ),
    ]

    @Test(arguments: known) func `real bars are as supplied`(_ known: Known) throws {
        let company = try #require(try Catalogue(BarFile.bundled()).company(known.symbol))
        let bars = try company.bars
        #expect(company.origin == .real)
        #expect(bars.count == known.count)
        #expect(bars.first == known.first)
        #expect(bars.last == known.last)
        #expect(company.firstDay == known.first.day && company.lastDay == known.last.day)
    }

    @Test func `the calendar has 3270 days in order`() throws {
        let days = try BarFile.bundled().days
        #expect(days.count == 3270)
        #expect(days.first == 11_017 && days.last == Self.lastDay)
        #expect(zip(days, days.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `the three real splits are there and in the bars`() throws {
        let catalogue = try Catalogue(BarFile.bundled())
        let real = catalogue.companies.filter { $0.origin == .real }
        let splits = real.flatMap(\.actions).filter { $0.id.contains("split") }
        #expect(
            splits.map(\.id) == ["AAPL-split-2000-06-21", "AAPL-split-2005-02-28", "MSFT-split-2003-02-18"]
        )
        for action in splits {
            #expect(action.kind == .split(from: 1, into: 2))
            let company = try #require(catalogue.company(action.symbol))
            let bars = try company.bars
            let index = bars.firstIndex(from: Int32(action.exDay.daysSinceEpoch))
            let ratio = Double(bars[index - 1].close) / Double(bars[index].open)
            #expect(1.8...2.2 ~= ratio, "\(action.id)")
        }
    }

    @Test func `real dividends are there, with their amounts`() throws {
        let catalogue = try Catalogue(BarFile.bundled())
        func dividends(_ symbol: String) throws -> [CorporateAction] {
            try #require(catalogue.company(symbol)).actions.filter { $0.id.contains("dividend") }
        }
        #expect(try dividends("AAPL").map(\.exDay.description) == ["2012-08-09", "2012-11-07", "2013-02-07"])
        #expect(try dividends("AAPL").allSatisfy { $0.kind == .dividend(perShare: "2.65", currency: .usd) })
        // The great one of 2004 came together with the usual one.
        let great = try dividends("MSFT").first { $0.id == "MSFT-dividend-2004-11-15" }
        #expect(great?.kind == .dividend(perShare: "3.08", currency: .usd))
        #expect(try dividends("IBM").count == 52 && dividends("MSFT").count == 37)
        #expect(try dividends("FB").isEmpty && dividends("GOOG").isEmpty)
        for company in catalogue.companies {
            #expect(company.actions.map(\.exDay) == company.actions.map(\.exDay).sorted())
        }
    }

    @Test func `the known fault is still there`() throws {
        let company = try #require(try Catalogue(BarFile.bundled()).company("AAPL"))
        let bars = try company.bars
        let index = bars.firstIndex(from: 12_081)  // 2003-01-29
        var repeated = bars[index - 1]
        repeated.day = 12_081
        repeated.volume = 6_661_500
        #expect(bars[index] == repeated)
    }

    @Test func `every bar of every company is consistent and on a trading day`() throws {
        let catalogue = try Catalogue(BarFile.bundled())
        #expect(catalogue.companies.filter { $0.origin == .synthetic }.count >= 20)
        #expect(catalogue.companies.map(\.symbol) == catalogue.companies.map(\.symbol).sorted())
        let days = Set(catalogue.days)
        for company in catalogue.companies {
            #expect(SourceCompany.isSymbol(company.symbol))
            for bar in try company.bars {
                let (low, high) = (min(bar.open, bar.close), max(bar.open, bar.close))
                #expect(bar.low > 0 && bar.low <= low && bar.high >= high, "\(company.symbol) \(bar)")
                #expect(bar.volume > 0 && days.contains(bar.day), "\(company.symbol) \(bar)")
            }
            #expect(try company.bars.last?.day == company.lastDay)
            for action in company.actions { #expect(days.contains(Int32(action.exDay.daysSinceEpoch))) }
        }
    }

    @Test func `prices have two places, or more where needed`() {
        #expect(DayBar.decimal(280_470).description == "28.047")
        #expect(DayBar.decimal(382_318).description == "38.2318")
        #expect(DayBar.decimal(420_500).description == "42.05")
        #expect(DayBar.decimal(10_000).description == "1.00")
    }

    @Test(arguments: [0, 1, 7, 8, 11, 12, 500, 5000]) func `a cut file is refused`(_ length: Int) throws {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 8)
        defer { bytes.deallocate() }
        bytes.copyBytes(from: Self.head(length))
        #expect(throws: BarFileError.self) { try BarFile(UnsafeRawBufferPointer(bytes)) }
    }

    private static func head(_ length: Int) -> ArraySlice<UInt8> {
        BarFile.embeddedBytes.prefix(length)
    }
}
