import Money
import Observe
import Plugin
import Testing

@testable import MarketService

@Suite struct NYSECalendarTests {
    let calendar = NYSECalendar()

    /// Every day that another calendar knows, one by one.
    @Test func `the rules give the days off and the short days of four decades`() throws {
        var closed: Set<String> = []
        var short: Set<String> = []
        for line in KnownYears.text.split(separator: "\n") {
            let parts = line.split(separator: "/").map { $0.split(separator: " ") }
            let year = try #require(parts[0].first)
            for day in parts[0].dropFirst() { closed.insert("\(year)-\(day)") }
            if parts.count > 1 { for day in parts[1] { short.insert("\(year)-\(day)") } }
        }
        #expect(closed.count == 376 && short.count == 75)
        var wrong: [String] = []
        var weekdays = 0
        for number in Fixture.day("1986-01-01").daysSinceEpoch...Fixture.day("2027-11-19").daysSinceEpoch {
            let day = try #require(CalendarDate(daysSinceEpoch: number))
            guard day.weekday <= 5 else {
                #expect(calendar.day(day) == .weekend)
                continue
            }
            weekdays += 1
            let text = day.description
            let isRight =
                switch calendar.day(day) {
                case .trading(let isShort): !closed.contains(text) && isShort == short.contains(text)
                case .holiday: closed.contains(text)
                case .weekend: false
                }
            if !isRight { wrong.append("\(text) \(calendar.day(day))") }
        }
        #expect(wrong.isEmpty && weekdays == 10_928, "\(weekdays) \(wrong)")
    }

    @Test func `years beyond the known ones follow the rules`() {
        #expect(calendar.day(Fixture.day("2100-03-26")) == .holiday("Good Friday"))
        #expect(calendar.day(Fixture.day("2039-12-26")) == .holiday("Christmas Day"))
        #expect(calendar.day(Fixture.day("2033-12-30")) == .trading(isShort: false))
        #expect(calendar.day(Fixture.day("2040-11-23")) == .trading(isShort: true))
    }

    @Test(arguments: [
        (1818, "03-22"), (1943, "04-25"), (2000, "04-23"), (2024, "03-31"), (2038, "04-25"), (2285, "03-22"),
    ])
    func `Easter is in March or April`(_ year: Int, _ date: String) {
        #expect(EasterDate.sunday(of: year)?.description == "\(year)-\(date)")
    }

    @Test(arguments: [
        ("2024-03-08", "14:30", "21:00"), ("2024-03-11", "13:30", "20:00"), ("2024-11-01", "13:30", "20:00"),
        ("2024-11-04", "14:30", "21:00"), ("2006-03-31", "14:30", "21:00"), ("2006-04-03", "13:30", "20:00"),
        ("2006-10-27", "13:30", "20:00"), ("2006-10-30", "14:30", "21:00"), ("2024-11-29", "14:30", "18:00"),
        ("2024-07-03", "13:30", "17:00"),
    ])
    func `trading begins at half past nine in New York`(_ day: String, _ open: String, _ close: String) throws {
        let trading = try #require(calendar.tradingDay(Fixture.day(day)))
        #expect(trading.open.rfc3339(digits: 0) == "\(day)T\(open):00Z")
        #expect(trading.close.rfc3339(digits: 0) == "\(day)T\(close):00Z")
    }

    @Test(arguments: [
        // A Wednesday before Thanksgiving, in trading; the second it opens; the second it closes.
        ("2024-11-27T15:00:00Z", true, "2024-11-29T14:30:00Z", "2024-11-27T21:00:00Z"),
        ("2024-11-27T14:30:00Z", true, "2024-11-29T14:30:00Z", "2024-11-27T21:00:00Z"),
        ("2024-11-27T21:00:00Z", false, "2024-11-29T14:30:00Z", "2024-11-29T18:00:00Z"),
        // Thanksgiving itself, then a weekend, then early in the morning.
        ("2024-11-28T15:00:00Z", false, "2024-11-29T14:30:00Z", "2024-11-29T18:00:00Z"),
        ("2024-11-30T15:00:00Z", false, "2024-12-02T14:30:00Z", "2024-12-02T21:00:00Z"),
        ("2024-12-02T03:00:00Z", false, "2024-12-02T14:30:00Z", "2024-12-02T21:00:00Z"),
        // After four days of closure.
        ("2001-09-12T15:00:00Z", false, "2001-09-17T13:30:00Z", "2001-09-17T20:00:00Z"),
    ])
    func `the clock says what is next`(_ time: String, _ isOpen: Bool, _ open: String, _ close: String) throws {
        let now = try #require(WallTime(rfc3339: time))
        let clock = try #require(calendar.clock(at: now))
        #expect((clock.session == .open) == isOpen)
        #expect(clock.nextOpen?.rfc3339(digits: 0) == open && clock.nextClose?.rfc3339(digits: 0) == close)
    }

    @Test func `a day has ended when its close is over for so long`() throws {
        let close = try #require(calendar.tradingDay(Fixture.day("2024-11-29"))).close
        let delay = Duration.seconds(900)
        #expect(calendar.lastEnded(at: close)?.day == Fixture.day("2024-11-29"))
        #expect(calendar.lastEnded(at: close, delay: delay)?.day == Fixture.day("2024-11-27"))
        #expect(calendar.lastEnded(at: close.advanced(by: delay), delay: delay)?.day == Fixture.day("2024-11-29"))
    }

    @Test func `holidays have names, trading days a length`() {
        let (first, last) = (Fixture.day("2024-11-25"), Fixture.day("2024-12-01"))
        #expect(calendar.holidays(from: first, through: last).map(\.name) == ["Thanksgiving Day"])
        let days = calendar.tradingDays(from: first, through: last)
        #expect(days.map(\.day.day) == [25, 26, 27, 29] && days.map(\.isShort) == [false, false, false, true])
        #expect(calendar.tradingDays(from: last, through: first).isEmpty)
    }
}
