internal import Reactor
internal import Synchronization

/// The calls of one loop in each of the last seconds: the loop counts without a lock, anybody reads.
// Safe: the pointer never changes, its words are atomic, and only the loop's own thread writes them.
final class LoopTally: @unchecked Sendable {
    private static let slots = 16
    /// A second in the upper half, the calls of it in the lower.
    private let words = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: slots)

    init() {
        for index in 0..<Self.slots { (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: Self.slots)
        words.deallocate()
    }

    /// A call is made. The loop's thread only.
    func add(at now: MonotonicTime) {
        let second = Self.second(now)
        let index = Int(second) & (Self.slots - 1)
        let word = words[index].load(ordering: .relaxed)
        words[index].store(word >> 32 == second ? word + 1 : second << 32 | 1, ordering: .relaxed)
    }

    /// The calls of the last seconds, this one included. Any thread.
    func sum(seconds: UInt64, at now: MonotonicTime) -> Int {
        let second = Self.second(now)
        return (0..<Self.slots).reduce(0) { sum, index in
            let word = words[index].load(ordering: .relaxed)
            return second &- word >> 32 < seconds ? sum + Int(word & 0xffff_ffff) : sum
        }
    }

    private static func second(_ time: MonotonicTime) -> UInt64 { time.nanoseconds / 1_000_000_000 & 0xffff_ffff }
}
