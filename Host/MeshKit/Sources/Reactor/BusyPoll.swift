/// Whether a loop that has nothing to do looks for more before it sleeps: where a processor is woken late, as in virtual
/// machines, who calls once at a time waits for that twice in each call. A value without a clock.
///
/// It looks only while waits are short, so that a loop that is idle, or seldom called, sleeps at once.
struct BusyPoll {
    /// Nanoseconds for which it looks; 0 for never, a millisecond at the most, as timers wait meanwhile.
    let limit: UInt64
    private var lastWait = UInt64.max

    init(_ limit: Duration) {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = seconds > 0 ? 1_000_000 : attoseconds / 1_000_000_000
        self.limit = UInt64(min(max(0, nanoseconds), 1_000_000))
    }

    /// Whether to look before sleeping.
    var isWorthwhile: Bool { lastWait < 2 * limit }

    /// Something has come after so many nanoseconds, or the time was over.
    mutating func waited(_ nanoseconds: UInt64) { lastWait = nanoseconds }
}
