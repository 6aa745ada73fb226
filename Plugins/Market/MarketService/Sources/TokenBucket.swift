/// How many calls a source may get: `perMinute` evenly, `burst` at once. A value without a clock.
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

    init(perMinute: Int, burst: Int) {
        precondition(perMinute > 0 && burst > 0, "a budget allows one call at least")
        interval = 60_000_000 / perMinute
        tolerance = (burst - 1) * interval
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
