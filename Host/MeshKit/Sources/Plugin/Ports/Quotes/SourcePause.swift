public import Reactor

/// Keeps a driver from asking a source that wants a pause: so long, every call fails at once with the same error. A value
/// without a clock.
public struct SourcePause: Sendable {
    /// A pause without a stated end lasts this long.
    public static let usual = Duration.seconds(5)
    /// No pause lasts longer, whatever the source says.
    public static let longest = Duration.seconds(900)

    private var until: MonotonicTime?
    private var reason: QuoteSourceError?

    /// No pause.
    public init() {}

    /// A call is to be made at `now`.
    /// - Throws: the error that began the pause, `retryAfter` being what is left of it.
    public mutating func begin(_ now: MonotonicTime) throws(QuoteSourceError) {
        guard let until, let reason else { return }
        guard now < until else {
            (self.until, self.reason) = (nil, nil)
            return
        }
        throw QuoteSourceError(reason.code, reason.message, retryAfter: now.duration(to: until))
    }

    /// A call failed with `error` at `now`: `throttled` and `quotaExhausted` begin a pause, others do not.
    /// - Returns: the error to throw, its `retryAfter` being the length of the pause.
    public mutating func failed(_ error: QuoteSourceError, _ now: MonotonicTime) -> QuoteSourceError {
        guard error.code == .throttled || error.code == .quotaExhausted else { return error }
        let wait = min(max(error.retryAfter ?? Self.usual, .milliseconds(100)), Self.longest)
        let told = QuoteSourceError(error.code, error.message, retryAfter: wait)
        let end = now.advanced(by: wait)
        if until.map({ $0 < end }) ?? true { (until, reason) = (end, told) }
        return told
    }
}
