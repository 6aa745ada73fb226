import Testing

@testable import AuthService

@Suite struct LimitTests {
    @Test func `five failures are free, then a second, doubling to a quarter of an hour`() {
        let backoff = AttemptBackoff()
        let waits = (0...20).map { backoff.wait(afterFailures: $0) }
        #expect(waits[0...4].allSatisfy { $0 == .zero })
        #expect(waits[5...8] == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(waits[14] == .seconds(512) && waits[15...20].allSatisfy { $0 == .seconds(900) })
        #expect(backoff.waits.count == 15 && backoff.waits.last == .seconds(900))
    }

    @Test func `mails: one a minute, five an hour, ten a day`() {
        let windows = RateWindows.mailsToAddress
        let minute = 60_000
        #expect(RateWindows.sameMails.wait(after: [], now: 0) == .zero)
        #expect(RateWindows.sameMails.wait(after: [0], now: 59_999) == .milliseconds(1))
        #expect(RateWindows.sameMails.wait(after: [0], now: minute) == .zero)
        let five = (0..<5).map { $0 * 2 * minute }
        #expect(windows.wait(after: five, now: 20 * minute) == .seconds(40 * 60))
        #expect(windows.wait(after: five, now: 60 * minute) == .zero)
        let ten = (0..<10).map { $0 * 60 * minute }
        #expect(windows.wait(after: ten, now: 12 * 60 * minute) == .seconds(12 * 3600))
    }

    @Test func `an IPv6 address counts with all of its network`() {
        #expect(ClientNetwork("192.0.2.7").text == "192.0.2.7")
        #expect(ClientNetwork("2001:db8:1:2::1") == ClientNetwork("2001:db8:1:2:ffff::9"))
        #expect(ClientNetwork("2001:db8:1:2::1") != ClientNetwork("2001:db8:1:3::1"))
        #expect(ClientNetwork("::ffff:192.0.2.7") == ClientNetwork("192.0.2.7"))
        #expect(ClientNetwork(nil) == ClientNetwork("nonsense"))
    }
}
