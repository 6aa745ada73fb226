import Postgres

/// Which orders of a stream are news: those of a version that was not sent. Pure.
struct OrderChanges: Sendable {
    private var seen: [PostgresUUID: Int]?

    /// Takes what changed lately, and gives the numbers in it of what is news; the first time, nothing is.
    ///
    /// What is looked at lasts longer than a transaction, so that one which began early and ended late is not missed.
    mutating func news(_ orders: [(id: PostgresUUID, version: Int)]) -> [Int] {
        defer { seen = Dictionary(orders.map { ($0.id, $0.version) }) { max($0, $1) } }
        guard let seen else { return [] }
        return orders.indices.filter { orders[$0].version > seen[orders[$0].id] ?? 0 }
    }
}
