import Plugin
import Testing

@testable import MarketService

@Suite struct TokenBucketTests {
    @Test func `a burst at once, then evenly`() {
        var bucket = TokenBucket(interval: 1_000_000, burst: 3)
        let now = 5_000_000
        for _ in 0..<3 { #expect(bucket.take(now) == nil) }
        #expect(bucket.take(now) == 1_000_000)
        #expect(bucket.take(now + 999_999) == 1)
        #expect(bucket.take(now + 1_000_000) == nil)
        #expect(bucket.take(now + 1_000_000) == 1_000_000)
    }

    @Test(arguments: [(200, 10), (6, 2), (60, 60), (2, 10), (1, 1)])
    func `never more in any minute than the limit allows`(_ limit: Int, _ burst: Int) {
        var bucket = TokenBucket(.init(requests: limit, per: .seconds(60)), burst: burst)
        var taken: [Int] = []
        for now in stride(from: 0, through: 240_000_000, by: 7919) where bucket.take(now) == nil { taken.append(now) }
        for start in taken {
            let count = taken.filter { start <= $0 && $0 < start + 60_000_000 }.count
            #expect(count <= limit, "\(count) from \(start)")
        }
        #expect(taken.count >= limit * 4 / 2 - 1, "\(taken.count)")
    }

    @Test func `idle time fills it no further than the burst`() {
        var bucket = TokenBucket(interval: 1_000_000, burst: 2)
        #expect(bucket.take(0) == nil)
        let later = 3_600_000_000
        #expect(bucket.take(later) == nil && bucket.take(later) == nil)
        #expect(bucket.take(later) != nil)
    }

    @Test func `a rest empties it`() {
        var bucket = TokenBucket(interval: 1_000_000, burst: 5)
        bucket.rest(2_000_000, 0)
        #expect(bucket.take(0) == 2_000_000)
        #expect(bucket.take(1_999_999) == 1)
        #expect(bucket.take(2_000_000) == nil)
        #expect(bucket.take(2_000_000) == 1_000_000)
    }
}
