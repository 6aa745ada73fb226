import Money
import Testing

@Suite struct CalendarDateTests {
    @Test func `known days`() throws {
        #expect(try CalendarDate(parsing: "1970-01-01").daysSinceEpoch == 0)
        #expect(try CalendarDate(parsing: "2000-02-29").daysSinceEpoch == 11_016)
        #expect(try CalendarDate(parsing: "2026-11-24").weekday == 2)
        #expect(CalendarDate.earliest.description == "0001-01-01")
        #expect(CalendarDate.latest.description == "9999-12-31")
        #expect(CalendarDate(secondsSinceEpoch: -1)?.description == "1969-12-31")
    }

    @Test(arguments: [
        "2001-02-29", "1900-02-29", "2000-13-01", "2000-00-10", "2000-04-31", "2000-01-00", "0000-01-01", "2000-1-01",
        "2000/01/01", "20000101", "2000-01-01T", "", "-001-01-01", "２000-01-01",
    ])
    func `what is no day is refused`(text: String) {
        #expect(throws: DecimalError(.malformed, "")) { try CalendarDate(parsing: text) }
    }

    @Test func `days and text agree over the whole range`() throws {
        var days = CalendarDate.earliest.daysSinceEpoch
        var previous: CalendarDate?
        while let date = CalendarDate(daysSinceEpoch: days) {
            #expect(try CalendarDate(parsing: date.description) == date)
            if let previous {
                #expect(previous < date)
                #expect(previous.days(to: date) == 211)
            }
            previous = date
            days += 211
        }
        #expect(days > CalendarDate.latest.daysSinceEpoch)
    }

    @Test func `advancing stops at the ends`() {
        #expect(CalendarDate.latest.advanced(byDays: 1) == nil)
        #expect(CalendarDate.earliest.advanced(byDays: -1) == nil)
        #expect(CalendarDate.earliest.advanced(byDays: .min) == nil)
        #expect(CalendarDate(year: 2024, month: 2, day: 28)?.advanced(byDays: 2)?.description == "2024-03-01")
    }
}
