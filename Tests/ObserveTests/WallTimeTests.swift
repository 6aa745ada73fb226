import Observe
import Testing

@Suite struct WallTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00Z", 951_825_600), ("1969-12-31T23:59:59Z", -1),
        ("2026-11-24T01:45:00+02:00", 1_795_477_500), ("2026-11-24T01:45:00-00:30", 1_795_486_500),
    ])
    func `known moments`(text: String, seconds: Int) throws {
        #expect(try #require(WallTime(rfc3339: text)).secondsSinceEpoch == Int64(seconds))
    }

    @Test(arguments: [
        "", "2026-11-24", "2026-11-24T01:45:00", "2026-11-24t01:45:00Z", "2026-11-24T24:00:00Z", "2026-02-30T00:00:00Z",
        "2026-11-24T01:45:60Z", "2026-11-24T01:45:00.Z", "2026-11-24T01:45:00.1234567890Z", "2026-11-24T01:45:00+2:00",
        "2026-11-24T01:45:00Z ", "1600-01-01T00:00:00Z", "2500-01-01T00:00:00Z", "2026-11-24 01:45:00Z",
    ])
    func `other texts are refused`(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }

    @Test func `text and moments agree over the whole range`() throws {
        var seconds: Int64 = -9_000_000_000
        while seconds < 9_000_000_000 {
            let moment = WallTime(secondsSinceEpoch: seconds, nanoseconds: 1_002_003)
            #expect(WallTime(rfc3339: moment.rfc3339(digits: 9)) == moment)
            seconds += 1_234_567
        }
    }

    @Test func `digits are cut`() {
        let moment = WallTime(secondsSinceEpoch: -1, nanoseconds: 999_999_999)
        #expect(moment.rfc3339(digits: 0) == "1969-12-31T23:59:59Z")
        #expect(moment.description == "1969-12-31T23:59:59.999Z")
        #expect(moment.advanced(by: .nanoseconds(1)).nanosecondsSinceEpoch == 0)
    }
}
