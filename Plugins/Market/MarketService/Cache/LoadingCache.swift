import Plugin
import Reactor
import Synchronization

/// Values of a process by key, each loaded by one task at a time: stale while one loads, kept when that fails.
final class LoadingCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// How long a value serves.
    struct Lifetime {
        /// Without being asked for again.
        var fresh: Duration
        /// While it is loaded again, and when that fails.
        var kept: Duration
    }

    /// After a failure an old value serves so long, before somebody tries again.
    private static var pause: Duration { .seconds(1) }

    private let entries = Mutex<[Key: Remembered<Value>]>([:])
    private let room = WaitingRoom()
    private let capacity: Int
    private let uptime: @Sendable () -> MonotonicTime
    private let weigh: @Sendable (Value) -> Int

    /// - Parameters:
    ///   - capacity: the most weight of all values together.
    ///   - weigh: the weight of one.
    init(
        capacity: Int,
        uptime: @escaping @Sendable () -> MonotonicTime,
        weigh: @escaping @Sendable (Value) -> Int = { _ in 1 }
    ) {
        self.capacity = capacity
        self.uptime = uptime
        self.weigh = weigh
    }

    /// The value of a key; loads it if there is none that serves.
    func value(
        _ key: Key,
        _ load: () async throws(QuoteSourceError) -> (Value, Lifetime)
    ) async throws(QuoteSourceError) -> Value {
        while true {
            var seat: Int?
            let now = uptime()
            let ask = entries.withLock { entries in
                entries[key, default: Remembered()].ask(now, as: room.number(), seat: &seat)
            }
            switch ask {
            case .take(let value): return value
            case .fail(let error): throw error
            case .load(let old): return try await loading(key, old, load)
            case .wait:
                if let seat { await room.wait(seat) }
                if Task.isCancelled { throw QuoteSourceError(.cancelled, "the call was cancelled") }
            }
        }
    }

    private func loading(
        _ key: Key,
        _ old: Value?,
        _ load: () async throws(QuoteSourceError) -> (Value, Lifetime)
    ) async throws(QuoteSourceError) -> Value {
        do throws(QuoteSourceError) {
            let (value, lifetime) = try await load()
            let weight = weigh(value)
            let now = uptime()
            room.call(
                entries.withLock { entries in
                    let waiting = entries[key]?
                        .loaded(value, weight: weight, fresh: lifetime.fresh, kept: lifetime.kept, now)
                    trim(&entries, now, sparing: key)
                    return waiting ?? []
                }
            )
            return value
        } catch {
            let now = uptime()
            room.call(entries.withLock { $0[key]?.failed(error, pause: Self.pause, now) ?? [] })
            if let old, error.code != .cancelled { return old }
            throw error
        }
    }

    /// Makes room: first what is over, then whatever comes.
    private func trim(_ entries: inout [Key: Remembered<Value>], _ now: MonotonicTime, sparing key: Key) {
        var weight = entries.values.reduce(0) { $0 + max(1, $1.weight) }
        guard weight > capacity else { return }
        for (other, entry) in entries where entry.isOver(now) && other != key {
            weight -= max(1, entry.weight)
            entries[other] = nil
        }
        for (other, entry) in entries where weight > capacity && other != key && !entry.isBusy {
            weight -= max(1, entry.weight)
            entries[other] = nil
        }
    }
}
