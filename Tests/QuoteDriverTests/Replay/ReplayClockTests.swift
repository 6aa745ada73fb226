import Money
import Observe
import Plugin
import Testing

@testable import ReplayQuotes

@Suite struct ReplayClockTests {
    static let epoch = WallTime(secondsSinceEpoch: 1_767_225_600)  // 2026-01-01T00:00:00Z

    static func clock(pace: Int = 60) throws -> ReplayClock {
        let start = try #require(CalendarDate(daysSinceEpoch: 101))
        return try #require(ReplayClock(days: [100, 101, 104, 105], start: start, pace: pace, epoch: epoch))
    }

    @Test func `it begins at the opening of the first day`() throws {
        #expect(try Self.clock().moment(at: Self.epoch) == ReplayClock.Moment(index: 1, second: 0, lap: 0))
    }

    @Test func `the opening follows the close`() throws {
        let clock = try Self.clock()
        #expect(clock.moment(at: Self.epoch.advanced(by: .milliseconds(389_990))).second == 23_399)
        #expect(clock.moment(at: Self.epoch.advanced(by: .seconds(390))) == .init(index: 2, second: 0, lap: 0))
        #expect(clock.moment(at: Self.epoch.advanced(by: .seconds(391))) == .init(index: 2, second: 60, lap: 0))
    }

    @Test func `after the last day comes the first`() throws {
        let clock = try Self.clock()
        #expect(clock.moment(at: Self.epoch.advanced(by: .seconds(3 * 390))) == .init(index: 1, second: 0, lap: 1))
        #expect(
            clock.moment(at: Self.epoch.advanced(by: .milliseconds(-10))) == .init(index: 3, second: 23_399, lap: -1)
        )
    }

    @Test func `pace one is real time`() throws {
        #expect(try Self.clock(pace: 1).moment(at: Self.epoch.advanced(by: .seconds(23_401))).second == 1)
    }

    @Test func `a start without a day before it, or after all, is none`() throws {
        for day in [99, 100, 106] {
            let start = try #require(CalendarDate(daysSinceEpoch: day))
            #expect(ReplayClock(days: [100, 101], start: start, pace: 1, epoch: Self.epoch) == nil)
        }
    }

    @Test(arguments: [
        ("2012-06-01", "2012-06-01T13:30:00Z"), ("2012-03-09", "2012-03-09T14:30:00Z"),
        ("2012-03-12", "2012-03-12T13:30:00Z"), ("2012-11-02", "2012-11-02T13:30:00Z"),
        ("2012-11-05", "2012-11-05T14:30:00Z"), ("2006-03-31", "2006-03-31T14:30:00Z"),
        ("2006-04-03", "2006-04-03T13:30:00Z"), ("2006-10-27", "2006-10-27T13:30:00Z"),
        ("2006-10-30", "2006-10-30T14:30:00Z"), ("2006-11-03", "2006-11-03T14:30:00Z"),
    ])
    func `half past nine in New York`(_ day: String, _ moment: String) throws {
        let date = try CalendarDate(parsing: day)
        #expect(NewYorkTime.moment(date, seconds: NewYorkTime.open).rfc3339(digits: 0) == moment)
    }
}
