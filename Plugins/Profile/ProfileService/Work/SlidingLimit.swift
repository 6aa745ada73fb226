import Reactor
import Synchronization

/// So many events of each key in a span of time: a value without a clock. Its memory is bounded: when there are too many
/// keys, the one that was seen first is forgotten.
struct SlidingLimit<Key: Hashable & Sendable>: Sendable {
    let most: Int
    let span: Duration
    let keys: Int
    private var times: [Key: [MonotonicTime]] = [:]
    private var order: [Key] = []

    init(_ most: Int, in span: Duration, keys: Int = 10_000) {
        self.most = most
        self.span = span
        self.keys = keys
    }

    /// An event. Nil if it may happen, and then it counts; else how long to wait.
    mutating func admit(_ key: Key, at now: MonotonicTime) -> Duration? {
        var recent = (times[key] ?? []).filter { $0.duration(to: now) < span }
        if recent.count >= most, let first = recent.first { return span - first.duration(to: now) }
        if times[key] == nil {
            if times.count >= keys { forget(at: now) }
            order.append(key)
        }
        recent.append(now)
        times[key] = recent
        return nil
    }

    /// How many keys are known.
    var count: Int { times.count }

    /// Drops every key of which nothing counts any more; the oldest if all do.
    private mutating func forget(at now: MonotonicTime) {
        let dead = Set(times.filter { $0.value.allSatisfy { $0.duration(to: now) >= span } }.map(\.key))
        if dead.isEmpty {
            times[order.removeFirst()] = nil
        } else {
            times = times.filter { !dead.contains($0.key) }
            order.removeAll { dead.contains($0) }
        }
    }
}

/// The same for many threads, of this process alone.
final class SharedLimit<Key: Hashable & Sendable>: Sendable {
    private let limit: Mutex<SlidingLimit<Key>>

    init(_ limit: SlidingLimit<Key>) { self.limit = Mutex(limit) }

    func admit(_ key: Key) -> Duration? { limit.withLock { $0.admit(key, at: .now()) } }
}
