/// The kinds of statements that one pool has seen lately. A value without I/O.
struct StatementKinds {
    /// The same text with other types of parameters is another statement.
    private var kinds: [String: [StatementKind]] = [:]
    /// Some that were asked for lately: comparing with a few is cheaper than making the text and its hash.
    private var recent: [StatementKind] = []
    private var oldest = 0
    private let capacity: Int
    private var count = 0
    private var numbers: UInt64 = 0

    private static let recentCount = 8

    /// - Parameter capacity: when there are more, all are forgotten: texts made at run time must not fill the memory.
    init(capacity: Int) { self.capacity = capacity }

    /// What is known of a statement.
    mutating func kind(of query: PostgresQuery) -> StatementKind {
        for kind in recent where kind.fits(query) { return kind }
        let kind = find(query)
        if recent.count < Self.recentCount {
            recent.append(kind)
        } else {
            recent[oldest] = kind
            oldest = (oldest + 1) % Self.recentCount
        }
        return kind
    }

    private mutating func find(_ query: PostgresQuery) -> StatementKind {
        let sql = query.sql
        if let known = kinds[sql]?.first(where: { $0.fits(query) }) { return known }
        if count >= capacity { (kinds, count) = ([:], 0) }
        (numbers, count) = (numbers + 1, count + 1)
        let kind = StatementKind(number: numbers, query)
        kinds[sql, default: []].append(kind)
        return kind
    }
}
