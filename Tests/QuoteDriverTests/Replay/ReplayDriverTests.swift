import Glibc
import Money
import Observe
import Plugin
import Reactor
import Synchronization
import Testing

@testable import ReplayQuotes

@Suite struct ReplayDriverTests {
    static let epoch = WallTime(secondsSinceEpoch: 1_767_225_600)

    /// A driver whose time a test sets, in seconds after the epoch.
    final class Fixture: Sendable {
        let time = Mutex(0)
        let loops: EventLoopGroup

        init() throws { loops = try EventLoopGroup(count: 1) }
        deinit { loops.shutdown() }

        func driver(start: String = "2012-06-01", pace: Int = 60, folder: String? = nil) throws -> ReplayDriver {
            let settings = ReplaySettings(
                pace: pace,
                start: try CalendarDate(parsing: start),
                epoch: ReplayDriverTests.epoch,
                folder: folder
            )
            return try ReplayDriver(settings: settings, loops: loops) { [self] in
                ReplayDriverTests.epoch.advanced(by: .seconds(time.withLock { $0 }))
            }
        }
    }

    @Test func `a quote is a price of the day's bar, and no later than the clock`() async throws {
        let fixture = try Fixture()
        let driver = try fixture.driver()
        let apple = try #require(try Catalogue(BarFile.bundled()).company("AAPL"))
        let bar = try #require(try apple.bars.first { $0.day == 15_492 })  // 2012-06-01
        for second in stride(from: 0, to: 390, by: 13) {
            fixture.time.withLock { $0 = second }
            let quote = try await quote("AAPL", driver)
            let clock = try await driver.clock()
            #expect(quote.price >= DayBar.decimal(bar.low) && quote.price <= DayBar.decimal(bar.high))
            #expect(quote.asOf <= clock.now && clock.day.description == "2012-06-01")
            #expect(quote.open == DayBar.decimal(bar.open))
            #expect(quote.previousClose == "577.73")
            #expect(quote.origin == .real && quote.session == .open)
        }
        #expect(driver.capabilities.timeliness == .replayed)
    }

    @Test func `two replicas say the same`() async throws {
        let fixture = try Fixture()
        fixture.time.withLock { $0 = 12_345 }
        let (one, two) = (try fixture.driver(), try fixture.driver())
        let symbols = try await one.companies().map(\.symbol)
        #expect(try await one.quotes(symbols) == two.quotes(symbols))
        #expect(try await one.clock() == two.clock())
    }

    @Test func `nothing of the future is told`() async throws {
        let fixture = try Fixture()
        let driver = try fixture.driver(start: "2003-02-14")
        let all = (CalendarDate.earliest, CalendarDate.latest)
        for lap in 0..<3 {
            fixture.time.withLock { $0 = lap * 390 + 200 }
            let today = try await driver.clock().day
            let last = try #require(try await driver.bars("MSFT", from: all.0, through: all.1).last)
            #expect(last.day < today)
            let ids = try await driver.actions("MSFT").map(\.id)
            let known = ["MSFT-split-2003-02-18", "MSFT-dividend-2003-02-19"]
            #expect(ids == known.filter { $0.suffix(10) <= today.description })
            #expect(try await !driver.companies().contains { $0.symbol == "GOOG" })
            #expect(try await driver.quotes(["GOOG"])["GOOG"] == .failure(unknown("GOOG")))
        }
        #expect(try await driver.clock().day.description == "2003-02-19")
        await #expect(throws: unknown("FB")) { try await driver.bars("FB", from: all.0, through: all.1) }
    }

    @Test func `one result for each symbol`() async throws {
        let driver = try Fixture().driver()
        let answers = try await driver.quotes(["AAPL", "NOPE", "QABRO"])
        #expect(Set(answers.keys) == ["AAPL", "NOPE", "QABRO"])
        #expect(answers["NOPE"] == .failure(unknown("NOPE")))
        let invented = try #require(answers["QABRO"])
        #expect(try invented.get().origin == .synthetic)
    }

    @Test func `a folder adds and replaces companies`() async throws {
        let folder = try folder(["ZZZ.csv", "QABRO.csv"])
        defer { remove(folder) }
        let fixture = try Fixture()
        let driver = try fixture.driver(folder: folder)
        try await driver.probe()
        let quote = try await quote("ZZZ", driver)
        #expect(quote.previousClose == "2.00" && quote.origin == .real)
        let companies = try await driver.companies()
        #expect(companies.contains { $0.symbol == "ZZZ" } && companies.contains { $0.symbol == "AAPL" })
        #expect(companies.first { $0.symbol == "QABRO" }?.name == "QABRO")
        // Its last bar is of the day before: the last close stays, and its session is over.
        fixture.time.withLock { $0 = 400 }
        let old = try await self.quote("ZZZ", driver)
        #expect(old.price == "3.00" && old.session == .closed)
    }

    @Test func `a bad folder fails the probe and names the file`() async throws {
        let folder = try folder(["lower.csv"])
        defer { remove(folder) }
        let fixture = try Fixture()
        let error = try await #require(throws: BarFolder.Unreadable.self) {
            try await fixture.driver(folder: folder).probe()
        }
        #expect(error.description.contains("lower.csv"))
        await #expect(throws: BarFolder.Unreadable.self) { try await fixture.driver(folder: folder + "/none").probe() }
    }

    @Test func `the calendar has the days asked for`() async throws {
        let driver = try Fixture().driver()
        let days = try await driver.calendar(
            from: CalendarDate(parsing: "2012-07-03"),
            through: CalendarDate(parsing: "2012-07-05")
        )
        #expect(days.map(\.day.description) == ["2012-07-03", "2012-07-05"])
        #expect(days.first?.open.rfc3339(digits: 0) == "2012-07-03T13:30:00Z")
        #expect(days.first?.close.rfc3339(digits: 0) == "2012-07-03T20:00:00Z")
    }

    private func quote(_ symbol: String, _ driver: ReplayDriver) async throws -> SourceQuote {
        let answers = try await driver.quotes([symbol])
        return try #require(answers[symbol]).get()
    }

    private func unknown(_ symbol: String) -> QuoteSourceError {
        QuoteSourceError(.unknownSymbol, "no company \(symbol) is listed")
    }

    private func folder(_ names: [String]) throws -> String {
        var template = Array("/tmp/replay-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        let text = "Date,Open,High,Low,Close,Volume\n2012-05-31,2,2,2,2,10\n2012-06-01,2,4,1,3,20\n"
        for name in names {
            let file = try #require(fopen("\(folder)/\(name)", "w"))
            fputs(text, file)
            fclose(file)
        }
        return folder
    }

    private func remove(_ folder: String) {
        for name in ["ZZZ.csv", "QABRO.csv", "lower.csv"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
}
