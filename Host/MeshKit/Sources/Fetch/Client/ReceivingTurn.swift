internal import Reactor

/// How much of one content is taken in a turn of the loop: libcurl reads on as long as something is there, and a quarter of
/// a megabyte takes longer than a millisecond. A value.
struct ReceivingTurn {
    /// So much is enough for one turn.
    static let bytes = 64 << 10

    private var time = MonotonicTime(nanoseconds: 0)
    private var taken = 0

    /// Whether `count` bytes more are taken in the turn that began at `now`.
    mutating func takes(_ count: Int, in now: MonotonicTime) -> Bool {
        if time != now {
            time = now
            taken = 0
        }
        guard taken < Self.bytes else { return false }
        taken += count
        return true
    }
}
