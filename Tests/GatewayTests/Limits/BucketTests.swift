import RPC
import Reactor
import Testing

@testable import GatewayService

@Suite struct BucketTests {
    private func time(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64((1_000 + seconds) * 1e9))
    }

    @Test(
        arguments: [
            ("100/s 1000", 1000, 10), ("30/m 60", 60, 120), ("1/h 1", 1, 3600), ("3/s 2", 2, 1),
        ] as [(String, Int, Int)]
    )
    func readsLimits(text: String, burst: Int, window: Int) throws {
        let limit = try #require(RateLimit(text))
        #expect(limit.burst == burst)
        #expect(limit.window == window)
    }

    @Test(arguments: ["", "100", "100/s", "0/s 5", "1/s 0", "1/d 5", "-1/s 5", "1/s 5 6", "1//s 5", "x/s 5", "1/s x"])
    func refusesWhatIsNone(text: String) { #expect(RateLimit(text) == nil) }

    @Test func aBucketEmptiesAndFills() throws {
        let limit = try #require(RateLimit("2/s 3"))
        var bucket = TokenBucket(at: time(0))
        for left in [2, 1, 0] {
            #expect(bucket.take(limit, at: time(0)) == nil)
            #expect(bucket.count(limit, at: time(0)) == left)
        }
        #expect(bucket.take(limit, at: time(0)) == .milliseconds(500))
        #expect(bucket.take(limit, at: time(0.2)) == .milliseconds(300))
        #expect(bucket.take(limit, at: time(0.5)) == nil)
        #expect(bucket.count(limit, at: time(100)) == 3)
        #expect(bucket.untilFull(at: time(0.5)) == .milliseconds(1500))
    }

    @Test func aloneTheLocalBucketDecides() throws {
        var bucket = LeasedBucket(try #require(RateLimit("1/s 2")), at: time(0))
        #expect(bucket.request(at: time(0), isShared: false) == .pass)
        #expect(bucket.request(at: time(0), isShared: false) == .pass)
        #expect(bucket.request(at: time(0), isShared: false) == .refuse(after: .seconds(1)))
        // Empty here: nobody is asked, although somebody could be.
        #expect(bucket.request(at: time(0.25), isShared: true) == .refuse(after: .milliseconds(750)))
    }

    @Test func aShareServesMany() throws {
        var bucket = LeasedBucket(try #require(RateLimit("100/s 500")), at: time(0))
        #expect(bucket.request(at: time(0), isShared: true) == .ask(10))
        #expect(bucket.answered(.init(count: 10, left: 490, wait: .zero), of: 10, at: time(0)) == .pass)
        for _ in 0..<9 { #expect(bucket.request(at: time(0), isShared: true) == .pass) }
        #expect(bucket.request(at: time(0), isShared: true) == .ask(10))
    }

    @Test func whoComesWhileSomebodyAsksPassesOnCredit() throws {
        var bucket = LeasedBucket(try #require(RateLimit("100/s 500")), at: time(0))
        #expect(bucket.request(at: time(0), isShared: true) == .ask(10))
        for _ in 0..<9 { #expect(bucket.request(at: time(0), isShared: true) == .pass) }
        // The credit is used up: the next asks for a share, and pays for the nine.
        #expect(bucket.request(at: time(0), isShared: true) == .ask(19))
        #expect(bucket.answered(.init(count: 19, left: 471, wait: .zero), of: 19, at: time(0)) == .pass)
        for _ in 0..<9 { #expect(bucket.request(at: time(0), isShared: true) == .pass) }
        #expect(bucket.request(at: time(0), isShared: true) == .pass, "on credit: the first has not heard yet")
    }

    @Test func whatOthersHaveUsedUpIsRefusedWithoutAsking() throws {
        var bucket = LeasedBucket(try #require(RateLimit("1/s 20")), at: time(0))
        #expect(bucket.request(at: time(0), isShared: true) == .ask(1))
        let none = LeasedBucket.Grant(count: 0, left: 0, wait: .seconds(3))
        #expect(bucket.answered(none, of: 1, at: time(0)) == .refuse(after: .seconds(3)))
        #expect(bucket.remaining(at: time(1)) == 0)
        #expect(bucket.request(at: time(1), isShared: true) == .refuse(after: .seconds(2)))
        #expect(!bucket.isIdle(at: time(1)))
        #expect(bucket.request(at: time(3), isShared: true) == .ask(1))
    }

    @Test func anOldShareIsVoid() throws {
        var bucket = LeasedBucket(try #require(RateLimit("100/s 500")), at: time(0))
        _ = bucket.request(at: time(0), isShared: true)
        _ = bucket.answered(.init(count: 10, left: 490, wait: .zero), of: 10, at: time(0))
        #expect(bucket.request(at: time(11), isShared: true) == .ask(10))
    }

    @Test func aStoreThatIsGoneRefusesNobody() throws {
        var bucket = LeasedBucket(try #require(RateLimit("1/s 20")), at: time(0))
        #expect(bucket.request(at: time(0), isShared: true) == .ask(1))
        bucket.failed()
        #expect(bucket.remaining(at: time(0)) == 19)
        #expect(bucket.request(at: time(0), isShared: false) == .pass)
    }

    @Test func theTableForgetsTheIdleAndIsBounded() throws {
        let limit = try #require(RateLimit("1/s 1"))
        var table = LimitTable(most: 100)
        for number in 0..<10_000 {
            let key = table.key(.read, .v4(UInt32(number)), limit, at: time(0))
            _ = table.with(key) { $0.request(at: time(0), isShared: false) }
        }
        // All are in use; those who came late share one bucket, which is empty.
        #expect(table.count == 101)
        let late = table.key(.read, .v4(77_777), limit, at: time(0))
        #expect(late.subject == nil)
        #expect(table.with(late) { $0.request(at: time(0), isShared: false) } != .pass)
        let early = table.key(.read, .v4(5), limit, at: time(0))
        #expect(early.subject == .v4(5))
        // Later they are idle, and make room.
        let fresh = table.key(.read, .v4(77_777), limit, at: time(60))
        #expect(fresh.subject == .v4(77_777))
        #expect(table.count == 1)
    }
}
