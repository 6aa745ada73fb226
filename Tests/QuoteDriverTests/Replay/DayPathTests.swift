import Testing

@testable import ReplayQuotes

@Suite struct DayPathTests {
    @Test(arguments: ["AAPL", "FB", "QKELP", "GOOG"])
    func `every day begins, ends and turns where its bar says`(_ symbol: String) throws {
        let company = try #require(try Catalogue(BarFile.bundled()).company(symbol))
        let bars = try company.bars
        for bar in bars.suffix(300) {
            let path = DayPath(symbol: symbol, bar: bar)
            #expect(path.prices.count == 391)
            #expect(path.prices.first == bar.open && path.prices.last == bar.close)
            #expect(path.prices.min() == bar.low && path.prices.max() == bar.high)
            let ofBar = [bar.open, bar.high, bar.low, bar.close]
            #expect(path.prices.allSatisfy { $0 % 100 == 0 || ofBar.contains($0) })
        }
    }

    @Test func `the same day has the same path, another symbol another`() {
        let bar = DayBar(day: 15_000, open: 100_000, high: 120_000, low: 90_000, close: 110_000, volume: 3900)
        #expect(DayPath(symbol: "A", bar: bar).prices == DayPath(symbol: "A", bar: bar).prices)
        #expect(DayPath(symbol: "A", bar: bar).prices != DayPath(symbol: "B", bar: bar).prices)
        var next = bar
        next.day += 1
        #expect(DayPath(symbol: "A", bar: bar).prices != DayPath(symbol: "A", bar: next).prices)
    }

    @Test func `a day without movement stays where it is`() {
        let bar = DayBar(day: 1, open: 12_345, high: 12_345, low: 12_345, close: 12_345, volume: 10)
        #expect(Set(DayPath(symbol: "A", bar: bar).prices) == [12_345])
    }

    @Test func `range and volume grow to those of the bar`() {
        let bar = DayBar(day: 15_000, open: 100_000, high: 120_000, low: 90_000, close: 110_000, volume: 3901)
        let path = DayPath(symbol: "A", bar: bar)
        #expect(path.range(through: 0) == (100_000, 100_000))
        #expect(path.range(through: 390) == (90_000, 120_000))
        #expect(path.volume(through: 0) == 0 && path.volume(through: 390) == 3901)
    }

    // The number comes from the same algorithm written in Python.
    @Test func `the path is the same on every machine`() {
        let bar = DayBar(day: 15_000, open: 100_000, high: 120_000, low: 90_000, close: 110_000, volume: 3900)
        let hash = DayPath(symbol: "A", bar: bar).prices.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        #expect(hash == 9_991_618_035_944_537_368)
    }
}
