import Plugin

/// How many calls a source may get: one each `interval`, and `burst` at once. A value without a clock.
///
/// Kept as the one moment at which the bucket is full again (the generic cell rate algorithm, ITU-T I.371), which is also
/// all that replicas have to share: `SharedBudget` computes the same inside of the store.
struct TokenBucket {
    /// What one call costs, in microseconds of filling.
    let interval: Int
    /// How far ahead of its filling the bucket may be emptied, in microseconds.
    let tolerance: Int
    /// When it is full again, in microseconds of the caller's clock.
    private var fullAt = 0

    /// - Parameter interval: in microseconds, above zero.
    init(interval: Int, burst: Int) {
        precondition(interval > 0 && burst > 0, "a budget allows one call at least")
        self.interval = interval
        tolerance = (burst - 1) * interval
    }

    /// At most `limit.requests` in any span of `limit.per`, whenever it begins: what may come at once is taken off what
    /// comes evenly.
    init(_ limit: QuoteCapabilities.RateLimit, burst: Int) {
        let burst = min(burst, max(1, limit.requests / 2))
        let evenly = max(1, limit.requests - burst)
        self.init(interval: max(1, (Int(limit.per / .microseconds(1)) + evenly - 1) / evenly), burst: burst)
    }

    /// Takes one call at `now`, in microseconds.
    /// - Returns: nil if it may be made, else how long until it may be, in microseconds.
    mutating func take(_ now: Int) -> Int? {
        let full = max(fullAt, now)
        let wait = full - now - tolerance
        guard wait <= 0 else { return wait }
        fullAt = full + interval
        return nil
    }

    /// The source said that it wants no call for so long, in microseconds.
    mutating func rest(_ time: Int, _ now: Int) { fullAt = max(fullAt, now + time + tolerance) }
}
