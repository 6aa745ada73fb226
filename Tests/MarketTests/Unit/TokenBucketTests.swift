import Testing

@testable import MarketService

@Suite struct TokenBucketTests {
    @Test func `a burst at once, then evenly`() {
        var bucket = TokenBucket(perMinute: 60, burst: 3)
        let now = 5_000_000
        for _ in 0..<3 { #expect(bucket.take(now) == nil) }
        #expect(bucket.take(now) == 1_000_000)
        #expect(bucket.take(now + 999_999) == 1)
        #expect(bucket.take(now + 1_000_000) == nil)
        #expect(bucket.take(now + 1_000_000) == 1_000_000)
    }

    @Test func `never more in any minute than the minute's worth and the burst`() {
        var bucket = TokenBucket(perMinute: 200, burst: 10)
        var taken: [Int] = []
        for now in stride(from: 0, through: 180_000_000, by: 7919) where bucket.take(now) == nil { taken.append(now) }
        for start in taken {
            let count = taken.filter { start <= $0 && $0 < start + 60_000_000 }.count
            #expect(count <= 210, "\(count) from \(start)")
        }
        #expect(taken.count > 600 && taken.count <= 611)
    }

    @Test func `idle time fills it no further than the burst`() {
        var bucket = TokenBucket(perMinute: 60, burst: 2)
        #expect(bucket.take(0) == nil)
        let later = 3_600_000_000
        #expect(bucket.take(later) == nil && bucket.take(later) == nil)
        #expect(bucket.take(later) != nil)
    }

    @Test func `a rest empties it`() {
        var bucket = TokenBucket(perMinute: 60, burst: 5)
        bucket.rest(2_000_000, 0)
        #expect(bucket.take(0) == 2_000_000)
        #expect(bucket.take(1_999_999) == 1)
        #expect(bucket.take(2_000_000) == nil)
        #expect(bucket.take(2_000_000) == 1_000_000)
    }
}
