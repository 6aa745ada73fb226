/// How often something may happen: a bucket that holds `burst` and fills at a steady rate.
struct RateLimit: Sendable, Equatable {
    /// What a full bucket holds.
    let burst: Int
    /// Nanoseconds in which one more comes.
    let interval: UInt64

    /// How many of the shared bucket are taken at a time: one in fifty, so that few requests have to ask for it, and
    /// that little is lost with a process. Small buckets are exact.
    var share: Int { max(1, burst / 50) }

    /// Seconds in which an empty bucket fills.
    var window: Int { Int((UInt64(burst) * interval + 999_999_999) / 1_000_000_000) }

    init(burst: Int, interval: UInt64) {
        precondition(burst > 0 && interval > 0)
        self.burst = burst
        self.interval = interval
    }

    /// Reads "100/s 1000": 100 a second (m: minute, h: hour), 1000 at once. Nil for what is none.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let burst = Int(words[1]), (1...1_000_000).contains(burst) else { return nil }
        let rate = words[0].split(separator: "/", omittingEmptySubsequences: false)
        guard rate.count == 2, let count = UInt64(rate[0]), (1...1_000_000).contains(count),
            let seconds: UInt64 = ["s": 1, "m": 60, "h": 3600][rate[1]]
        else { return nil }
        self.init(burst: burst, interval: seconds * 1_000_000_000 / count)
    }
}
