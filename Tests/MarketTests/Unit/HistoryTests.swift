import Money
import Plugin
import Testing

@testable import MarketService

@Suite struct HistoryTests {
    static func bar(_ day: String, _ price: ExactDecimal, volume: Int = 100) -> HistoryBar {
        HistoryBar(day: Fixture.day(day), open: price, high: price, low: price, close: price, volume: volume)
    }

    static func split(_ day: String, _ old: Int, _ new: Int) -> CorporateAction {
        CorporateAction(id: day, symbol: "A", kind: .split(from: old, into: new), exDay: Fixture.day(day))
    }

    @Test(arguments: [
        (HistoryRange.day, "2005-02-14"), (.week, "2005-02-21"), (.month, "2005-01-28"), (.quarter, "2004-11-28"),
        (.half, "2004-08-28"), (.year, "2004-02-28"), (.fiveYears, "2000-02-28"), (.all, "0001-01-01"),
    ])
    func `a range begins so long ago`(_ range: HistoryRange, _ first: String) {
        #expect(range.days(today: Fixture.today).first == Fixture.day(first))
        #expect(range.days(today: Fixture.today).last == Fixture.today)
    }

    @Test func `a month before the 31st is the last day of a shorter month`() {
        #expect(HistoryRange.month.days(today: Fixture.day("2012-03-31")).first == Fixture.day("2012-02-29"))
        #expect(HistoryRange.month.days(today: Fixture.day("2013-01-15")).first == Fixture.day("2012-12-15"))
    }

    @Test func `weeks end on Sunday, months on their last day`() {
        let bars = [
            HistoryBar(day: Fixture.day("2012-06-29"), open: 1, high: 5, low: 1, close: 2, volume: 1),  // a Friday
            HistoryBar(day: Fixture.day("2012-07-02"), open: 3, high: 4, low: 2, close: 3, volume: 2),
            HistoryBar(day: Fixture.day("2012-07-06"), open: 4, high: 9, low: 4, close: 8, volume: 4),
            HistoryBar(day: Fixture.day("2012-07-09"), open: 7, high: 7, low: 1, close: 6, volume: 8),
        ]
        #expect(BarInterval.day.join(bars) == bars)
        #expect(
            BarInterval.week.join(bars) == [
                bars[0], HistoryBar(day: Fixture.day("2012-07-02"), open: 3, high: 9, low: 2, close: 8, volume: 6),
                bars[3],
            ]
        )
        #expect(
            BarInterval.month.join(bars) == [
                bars[0], HistoryBar(day: Fixture.day("2012-07-02"), open: 3, high: 9, low: 1, close: 6, volume: 14),
            ]
        )
    }

    @Test func `a split divides the prices before it and multiplies the volume`() throws {
        let bars = [Self.bar("2005-02-24", "88.99"), Self.bar("2005-02-25", "89.01"), Self.bar("2005-02-28", "44.86")]
        let adjusted = try SplitAdjustment([Self.split("2005-02-28", 1, 2)]).adjust(bars)
        #expect(adjusted.map(\.close.description) == ["44.495", "44.505", "44.86"])
        #expect(adjusted.map(\.volume) == [200, 200, 100])
    }

    @Test func `splits add up, and reverse ones multiply`() throws {
        let splits = SplitAdjustment([Self.split("2005-01-01", 1, 3), Self.split("2005-02-01", 10, 1)])
        let bars = [Self.bar("2004-12-31", "1.00"), Self.bar("2005-01-31", "1.00"), Self.bar("2005-02-01", "1.00")]
        let adjusted = try splits.adjust(bars)
        #expect(adjusted.map(\.close.description) == ["3.333333", "10.00", "1.00"])
        #expect(adjusted.map(\.volume) == [30, 10, 100])
        let day = Fixture.day("2005-02-01")
        #expect(splits.ratio(from: day, through: day) == SplitAdjustment.Ratio(old: 10, new: 1))
        #expect(splits.ratio(from: Fixture.day("2005-02-02"), through: Fixture.day("2006-02-01")) == .none)
    }

    @Test func `a change is exact, its fraction has six places`() throws {
        let change = try PriceChange(price: "10.10", previousClose: "9.99")
        #expect(change.change.description == "0.11")
        #expect(change.fraction.description == "0.011011")
        #expect(try PriceChange(price: "9", previousClose: "10.00").fraction.description == "-0.100000")
    }
}
