/// Which statements are prepared on one connection, under which names. A value without I/O.
struct StatementCache {
    /// The same text with other types of parameters is another statement.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    enum Lookup: Equatable {
        /// Prepared; execute it by name.
        case ready(String, isRead: Bool)
        /// Prepare it under this name, and close the other if there is one.
        case prepare(String, closing: String?)
        /// Use no name: it is being prepared by a request that has not been answered, and might fail.
        case unnamed
    }

    private struct Entry {
        let name: String
        let isRead: Bool
        var isReady = false
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0

    /// A cache of at most `capacity` statements; 0 prepares none.
    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// How to send a statement.
    mutating func use(_ key: Key) -> Lookup {
        uses += 1
        if let index = entries.index(forKey: key) {
            guard entries.values[index].isReady else { return .unnamed }
            entries.values[index].lastUse = uses
            return .ready(entries.values[index].name, isRead: entries.values[index].isRead)
        }
        guard capacity > 0 else { return .unnamed }
        var closing: String?
        if entries.count >= capacity {
            // Rare: the statements of a program are few.
            let oldest = entries.filter { $0.value.isReady }.min { $0.value.lastUse < $1.value.lastUse }
            guard let oldest else { return .unnamed }
            entries[oldest.key] = nil
            closing = oldest.value.name
        }
        names += 1
        let name = "s\(names)"
        entries[key] = Entry(name: name, isRead: Self.isRead(key.sql), lastUse: uses)
        return .prepare(name, closing: closing)
    }

    /// The server has prepared it.
    mutating func prepared(_ key: Key) { entries[key]?.isReady = true }

    /// It could not be prepared, or can no longer be used. Gives its name if it exists on the server.
    mutating func forget(_ key: Key) -> String? {
        guard let entry = entries.removeValue(forKey: key), entry.isReady else { return nil }
        return entry.name
    }

    /// Whether a text is a plain SELECT: one that neither locks rows (FOR UPDATE) nor calls a function of the server's own
    /// that might lock or wait (pg_advisory_lock, pg_sleep). What only looks like one of these is not taken for a read.
    static func isRead(_ sql: String) -> Bool {
        let text = sql.lowercased()
        return text.drop(while: \.isWhitespace).hasPrefix("select") && !text.contains("pg_") && !text.contains("for")
    }
}
