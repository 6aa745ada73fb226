/// Whether a loop that has nothing to do looks for more before it sleeps: where a processor is woken late, as in
/// virtual machines, who calls once at a time waits for that twice in each call. A value without a clock.
///
/// Who looks for about as long as a sleep costs takes at the most twice the processor time of who knows the future
/// (Karlin, Manasse, Rudolph and Sleator, "Competitive Snoopy Caching", 1988). It looks only while waits are short, so
/// that a loop that is idle, or seldom called, sleeps at once, and ever more seldom while it looks in vain.
struct BusyPoll {
    /// How a wait went.
    enum Outcome {
        /// It slept at once.
        case slept
        /// Something came while it looked.
        case found
        /// It slept after it had looked.
        case lookedInVain
    }

    /// Nanoseconds for which it looks; 0 for never, a millisecond at the most, as timers wait meanwhile.
    let limit: UInt64
    /// Whether the last wait was short: a sleep takes longer than what ended it, hence twice the limit.
    private var wasShort = false
    /// How many short waits it sleeps through before it looks again.
    private var pause = 0
    private var lastPause = 0

    /// Nanoseconds after which a processor that was yielded has been somebody else's.
    static let longestYield: UInt64 = 5_000
    private static let longestPause = 63

    init(_ limit: Duration) {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = seconds > 0 ? 1_000_000 : attoseconds / 1_000_000_000
        self.limit = UInt64(min(max(0, nanoseconds), 1_000_000))
    }

    /// Whether to look before sleeping.
    var isWorthwhile: Bool { pause == 0 && wasShort }

    /// Something has come after so many nanoseconds, or the time was over.
    mutating func waited(_ nanoseconds: UInt64, _ outcome: Outcome) {
        wasShort = nanoseconds < 2 * limit
        switch outcome {
        case .slept: if wasShort { pause = max(0, pause - 1) }
        case .found: lastPause = 0
        case .lookedInVain:
            lastPause = min(lastPause * 2 + 1, Self.longestPause)
            pause = lastPause
        }
    }
}
