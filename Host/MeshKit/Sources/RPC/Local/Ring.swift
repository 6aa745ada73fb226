/// A first-in-first-out queue in one array that grows as needed and keeps its room.
struct Ring<Element> {
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    mutating func append(_ element: Element) {
        if count == slots.count {
            grow()
        }
        slots[(head + count) & (slots.count - 1)] = element
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[head].take()
        head = (head + 1) & (slots.count - 1)
        count -= 1
        return element
    }

    /// Sizes are powers of two, so that an index wraps with a mask.
    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(slots.count * 2, 4))
        for offset in 0..<count {
            larger.append(slots[(head + offset) & (slots.count - 1)])
        }
        larger.append(contentsOf: repeatElement(nil, count: max(slots.count * 2, 4) - count))
        slots = larger
        head = 0
    }
}
