/// A queue in a ring that grows.
struct FIFO<Element>: Sequence {
    private var ring: [Element?] = []
    private var start = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var first: Element? { count == 0 ? nil : ring[start] }

    /// The elements from the front.
    subscript(index: Int) -> Element {
        _read {
            precondition(index >= 0 && index < count, "outside of the queue")
            // A place in use holds an element.
            yield ring[(start &+ index) & (ring.count &- 1)].unsafelyUnwrapped
        }
        _modify {
            precondition(index >= 0 && index < count, "outside of the queue")
            let place = (start &+ index) & (ring.count &- 1)
            guard var element = ring[place] else { preconditionFailure("a place in use holds an element") }
            ring[place] = nil
            defer { ring[place] = element }
            yield &element
        }
    }

    mutating func append(_ element: Element) {
        if count == ring.count { grow() }
        ring[(start &+ count) & (ring.count &- 1)] = element
        count &+= 1
    }

    @discardableResult
    mutating func removeFirst() -> Element {
        let element = self[0]
        ring[start] = nil
        start = (start &+ 1) & (ring.count &- 1)
        count &-= 1
        return element
    }

    func makeIterator() -> AnyIterator<Element> {
        var index = 0
        return AnyIterator {
            guard index < count else { return nil }
            defer { index += 1 }
            return self[index]
        }
    }

    private mutating func grow() {
        var larger = [Element?](repeating: nil, count: Swift.max(8, ring.count * 2))
        for index in 0..<count { larger[index] = ring[(start + index) & (ring.count - 1)] }
        ring = larger
        start = 0
    }
}
