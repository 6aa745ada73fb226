internal import Reactor

/// How many calls ended well, and how many in all, within the last ten buckets of time: exact, since a mean by weights can
/// hide a short failure of everything. A value.
struct OutcomeWindow {
    static let buckets = 10

    private var good = [Int32](repeating: 0, count: buckets)
    private var all = [Int32](repeating: 0, count: buckets)
    private let width: UInt64
    private var latest: UInt64 = 0

    /// - Parameter length: of all buckets together.
    init(_ length: Duration) {
        width = UInt64(max(1, length.wholeNanoseconds / Int64(Self.buckets)))
    }

    mutating func add(good isGood: Bool, at now: MonotonicTime) {
        advance(to: now)
        let index = Int(latest % UInt64(Self.buckets))
        all[index] += 1
        if isGood { good[index] += 1 }
    }

    mutating func sums(at now: MonotonicTime) -> (good: Int, all: Int) {
        advance(to: now)
        return (good.reduce(0) { $0 + Int($1) }, all.reduce(0) { $0 + Int($1) })
    }

    mutating func forget() {
        for index in all.indices {
            good[index] = 0
            all[index] = 0
        }
    }

    private mutating func advance(to now: MonotonicTime) {
        let current = now.nanoseconds / width
        guard current > latest else { return }
        for passed in 1...min(current - latest, UInt64(Self.buckets)) {
            let index = Int((current - passed + 1) % UInt64(Self.buckets))
            good[index] = 0
            all[index] = 0
        }
        latest = current
    }
}
