/// Which statements are prepared on one connection, under which names. A value without I/O.
struct StatementCache {
    /// The number of a `StatementKind`.
    typealias Key = UInt64

    enum Lookup: Equatable {
        /// Prepared; execute it by name.
        case ready(StatementName)
        /// Prepare it under this name, and close the other if there is one.
        case prepare(StatementName, closing: StatementName?)
        /// Use no name: it is being prepared by a request that has not been answered, and might fail.
        case unnamed

        /// How a request that is sent so is sent.
        var way: PostgresRequest.Way {
            switch self {
            case .ready: .prepared
            case .prepare: .preparing
            case .unnamed: .unnamed
            }
        }
    }

    private struct Entry {
        let name: StatementName
        var isReady = false
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0
    /// What was used last, if it is ready.
    private var latest: (key: Key, name: StatementName)?

    /// A cache of at most `capacity` statements; 0 prepares none.
    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// How to send a statement.
    /// - Parameter mayClose: whether another may be closed for it.
    mutating func use(_ key: Key, mayClose: Bool = true) -> Lookup {
        if let latest, latest.key == key { return .ready(latest.name) }
        uses += 1
        if let index = entries.index(forKey: key) {
            guard entries.values[index].isReady else { return .unnamed }
            entries.values[index].lastUse = uses
            latest = (key, entries.values[index].name)
            return .ready(entries.values[index].name)
        }
        guard capacity > 0 else { return .unnamed }
        var closing: StatementName?
        if entries.count >= capacity {
            guard mayClose else { return .unnamed }
            // Rare: the statements of a program are few.
            let oldest = entries.filter { $0.value.isReady }.min { $0.value.lastUse < $1.value.lastUse }
            guard let oldest else { return .unnamed }
            entries[oldest.key] = nil
            latest = nil
            closing = oldest.value.name
        }
        names += 1
        let name = StatementName("s\(names)")
        entries[key] = Entry(name: name, lastUse: uses)
        return .prepare(name, closing: closing)
    }

    /// The server has prepared it.
    mutating func prepared(_ key: Key) { entries[key]?.isReady = true }

    /// It could not be prepared, or can no longer be used. Gives its name if it exists on the server.
    mutating func forget(_ key: Key) -> StatementName? {
        latest = nil
        guard let entry = entries.removeValue(forKey: key), entry.isReady else { return nil }
        return entry.name
    }
}
