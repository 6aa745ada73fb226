import Postgres

/// Which orders of a stream are news: those of a version that was not sent. Pure.
///
/// What is looked at in a turn reaches further back than a transaction lasts, so that one which began early and ended
/// late is not missed.
struct OrderChanges: Sendable {
    private var seen: [PostgresUUID: Int]?
    private var current: [PostgresUUID: Int] = [:]

    /// - Parameter isResumed: whether what is found first is news too.
    init(isResumed: Bool = false) {
        seen = isResumed ? [:] : nil
    }

    /// Takes some of what changed lately, and gives the numbers in it of what is news; in the first turn, nothing is.
    mutating func news(_ orders: [(id: PostgresUUID, version: Int)]) -> [Int] {
        for order in orders { current[order.id] = max(order.version, current[order.id] ?? 0) }
        guard let seen else { return [] }
        return orders.indices.filter { orders[$0].version > seen[orders[$0].id] ?? 0 }
    }

    /// All that changed lately was taken.
    mutating func endTurn() {
        seen = current
        current = [:]
    }
}
