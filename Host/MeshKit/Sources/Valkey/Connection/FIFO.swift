/// A queue on a ring that grows: both ends in constant time, without shifting.
struct FIFO<Element> {
    private var ring: [Element?] = Array(repeating: nil, count: 16)
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var first: Element? { count > 0 ? ring[head] : nil }

    /// The element `position` places behind the first.
    subscript(position: Int) -> Element {
        get {
            guard position < count, let element = ring[slot(position)] else {
                preconditionFailure("no element at \(position) of \(count)")
            }
            return element
        }
        set { ring[slot(position)] = newValue }
    }

    mutating func append(_ element: Element) {
        if count == ring.count { grow() }
        ring[slot(count)] = element
        count += 1
    }

    mutating func prepend(_ element: Element) {
        if count == ring.count { grow() }
        head = (head &+ ring.count &- 1) & (ring.count &- 1)
        ring[head] = element
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = ring[head]
        ring[head] = nil
        head = (head &+ 1) & (ring.count &- 1)
        count -= 1
        return element
    }

    mutating func removeAll() -> [Element] {
        var all: [Element] = []
        all.reserveCapacity(count)
        while let element = popFirst() { all.append(element) }
        return all
    }

    /// Takes out those that `isOut` says, in order; the others keep theirs.
    mutating func remove(where isOut: (Element) -> Bool) -> [Element] {
        var out: [Element] = []
        var kept = 0
        for position in 0..<count {
            let slot = slot(position)
            guard let element = ring[slot] else { continue }
            if isOut(element) {
                out.append(element)
                ring[slot] = nil
                continue
            }
            if kept != position {
                ring[self.slot(kept)] = element
                ring[slot] = nil
            }
            kept += 1
        }
        count = kept
        return out
    }

    private func slot(_ position: Int) -> Int { (head &+ position) & (ring.count &- 1) }

    private mutating func grow() {
        var larger = [Element?](repeating: nil, count: ring.count * 2)
        let (start, mask, count) = (head, ring.count &- 1, count)
        // Moved, not copied: no counting of references for what only changes its place.
        larger.withUnsafeMutableBufferPointer { larger in
            ring.withUnsafeMutableBufferPointer { ring in
                for position in 0..<count { swap(&larger[position], &ring[(start &+ position) & mask]) }
            }
        }
        ring = larger
        head = 0
    }
}
