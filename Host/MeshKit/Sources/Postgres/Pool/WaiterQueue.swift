/// Who waits, in order; leaving out of turn costs no search.
struct WaiterQueue {
    private var order = FIFO<UInt64>()
    private var present: Set<UInt64> = []

    var count: Int { present.count }
    var isEmpty: Bool { present.isEmpty }

    /// Who has waited longest.
    mutating func first() -> UInt64? {
        while let waiter = order.first {
            if present.contains(waiter) { return waiter }
            order.removeFirst()
        }
        return nil
    }

    mutating func append(_ waiter: UInt64) {
        order.append(waiter)
        present.insert(waiter)
    }

    mutating func removeFirst() {
        guard let waiter = first() else { return }
        order.removeFirst()
        present.remove(waiter)
    }

    @discardableResult
    mutating func remove(_ waiter: UInt64) -> Bool { present.remove(waiter) != nil }

    mutating func removeAll() {
        order = FIFO()
        present = []
    }
}
