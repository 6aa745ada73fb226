import Glibc
import Synchronization

/// Numbers that many threads add to without a lock, sharded so that loops rarely write the same cache line.
///
/// A shard holds `width` words. Readers add the shards up; what they see is each word's latest value, not one moment.
// Proof of @unchecked: the pointer is written once in init; every access to its words is atomic; memory is freed only
// when nobody holds a reference.
final class MetricCells: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let width: Int
    private let stride: Int

    /// One per processor, at most 16, a power of two.
    static let shardCount: Int = {
        let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var count = 1
        while count < min(processors, 16) { count *= 2 }
        return count
    }()

    init(width: Int, shards: Int = MetricCells.shardCount) {
        self.width = width
        stride = (width + 7) / 8 * 8
        words = .allocate(capacity: stride * shards)
        for index in 0..<(stride * shards) { (words + index).initialize(to: Atomic(0)) }
        self.shards = shards
    }

    private let shards: Int

    deinit {
        words.deinitialize(count: stride * shards)
        words.deallocate()
    }

    /// Adds to one word of this thread's shard.
    func add(_ amount: UInt64, at index: Int) {
        words[shard * stride + index].wrappingAdd(amount, ordering: .relaxed)
    }

    /// Adds to one word of this thread's shard that holds the bits of a Double.
    func add(double amount: Double, at index: Int) {
        let position = shard * stride + index
        var old = words[position].load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = words[position].weakCompareExchange(
                expected: old,
                desired: new,
                ordering: .relaxed
            )
            if exchanged { return }
            old = original
        }
    }

    /// The sum of one word over all shards.
    func sum(at index: Int) -> UInt64 {
        (0..<shards).reduce(0) { $0 &+ words[$1 * stride + index].load(ordering: .relaxed) }
    }

    /// The sum of one word, taken as Double, over all shards.
    func doubleSum(at index: Int) -> Double {
        (0..<shards).reduce(0) { $0 + Double(bitPattern: words[$1 * stride + index].load(ordering: .relaxed)) }
    }

    /// Replaces the word of the first shard; only for cells with one shard.
    func store(_ value: UInt64, at index: Int) {
        words[index].store(value, ordering: .relaxed)
    }

    /// Threads keep their shard: control blocks of threads lie pages apart.
    private var shard: Int {
        let thread = UInt64(pthread_self()) >> 12
        return Int(truncatingIfNeeded: (thread &* 0x9E37_79B9_7F4A_7C15) >> 48) & (shards - 1)
    }
}
