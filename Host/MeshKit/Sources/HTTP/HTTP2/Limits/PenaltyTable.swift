import Reactor

/// Which addresses are let in no more, and until when, as their connections were cut off for abuse again and again. A value
/// without a clock; nothing in it outlives `Limits.memory`, and it never has more than `Limits.addresses`.
struct PenaltyTable {
    struct Limits: Sendable {
        /// Connections that may be cut off before the first penalty; one of them is forgiven in each `forgiveness`.
        var strikes = 3
        var forgiveness = Duration.seconds(60)
        /// How long the first penalty is; each that follows is twice as long as the one before it.
        var first = Duration.seconds(10)
        var longest = Duration.seconds(600)
        /// How long an address is remembered after its penalty, or after the last time that it was cut off.
        var memory = Duration.seconds(900)
        /// Addresses that are remembered.
        var addresses = 4096
    }

    /// An address, as far as it is one peer's: IPv4 as it is, of IPv6 the network of its host, who can take any address of it.
    struct Key: Hashable {
        private let number: UInt64
        private let isNetwork: Bool

        /// Nil for what has no address (a unix socket).
        init?(_ bytes: [UInt8]) {
            switch bytes.count {
            case 4: (number, isNetwork) = (Self.number(bytes[...]), false)
            case 16 where bytes.starts(with: Self.mapped): (number, isNetwork) = (Self.number(bytes[12...]), false)
            case 16: (number, isNetwork) = (Self.number(bytes[..<8]), true)
            default: return nil
            }
        }

        /// IPv4 as a socket for both writes it.
        private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

        private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    private struct Entry {
        var strikes = 0
        /// Since when the next strike to be forgiven counts.
        var since: MonotonicTime
        /// The last penalty, and its end.
        var penalty: (length: Duration, end: MonotonicTime)?
        var forgotten: MonotonicTime
    }

    private let limits: Limits
    private var entries: [Key: Entry] = [:]

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    var count: Int { entries.count }

    /// Whether a new connection of this address is turned away.
    func refuses(_ key: Key, at now: MonotonicTime) -> Bool {
        guard let penalty = entries[key]?.penalty else { return false }
        return now < penalty.end
    }

    /// A connection of this address was cut off.
    /// - Returns: how long the penalty is that begins by it, if one does.
    mutating func strike(_ key: Key, at now: MonotonicTime) -> Duration? {
        var entry = entries[key].flatMap { $0.forgotten > now ? $0 : nil } ?? Entry(since: now, forgotten: now)
        if let last = entry.penalty {
            // What is cut off now came in before it: it has been paid for.
            guard now >= last.end else { return nil }
            return penalize(key, &entry, for: min(last.length * 2, limits.longest), at: now)
        }
        let forgiven = min(entry.strikes, Int(entry.since.duration(to: now) / limits.forgiveness))
        entry.strikes -= forgiven
        entry.since = entry.strikes == 0 ? now : entry.since.advanced(by: limits.forgiveness * forgiven)
        entry.strikes += 1
        guard entry.strikes <= limits.strikes else { return penalize(key, &entry, for: limits.first, at: now) }
        keep(key, &entry, until: now.advanced(by: limits.memory), at: now)
        return nil
    }

    private mutating func penalize(
        _ key: Key,
        _ entry: inout Entry,
        for length: Duration,
        at now: MonotonicTime
    ) -> Duration {
        let end = now.advanced(by: length)
        entry.penalty = (length, end)
        keep(key, &entry, until: end.advanced(by: limits.memory), at: now)
        return length
    }

    private mutating func keep(_ key: Key, _ entry: inout Entry, until end: MonotonicTime, at now: MonotonicTime) {
        entry.forgotten = end
        if entries[key] == nil, entries.count >= limits.addresses { makeRoom(at: now) }
        entries[key] = entry
    }

    /// Forgets a quarter, those that would be forgotten first; who attacks from more addresses than there is room for loses
    /// connections to it, not memory of ours, and pays for each look at all of them with a quarter of them.
    private mutating func makeRoom(at now: MonotonicTime) {
        let times = entries.values.map(\.forgotten).sorted()
        let last = max(now, times[times.count / 4])
        entries = entries.filter { $0.value.forgotten > last }
    }
}
