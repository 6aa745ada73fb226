internal import CSystemEpoll

/// Names one watched descriptor; events read before `unwatch` and handled after it find nothing.
public struct WatchToken: Hashable, Sendable {
    let raw: UInt64
}

/// Who handles which descriptor: slots with a generation, so that a late event never reaches the slot's next owner.
struct WatchedDescriptors {
    /// The token of the loop's own eventfd.
    static let wakeUpToken = UInt64.max

    private struct Slot {
        var handler: (any DescriptorHandler)?
        var descriptor: Int32 = -1
        var generation: UInt32 = 0
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// For each slot `ReadAhead.capacity` places, those that are not used being 0.
    private var ahead: [UInt64] = []

    mutating func insert(_ handler: any DescriptorHandler, _ descriptor: Int32) -> WatchToken {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = UInt32(slots.count)
            slots.append(Slot())
            ahead.append(contentsOf: repeatElement(0, count: ReadAhead.capacity))
        }
        slots[Int(index)].handler = handler
        slots[Int(index)].descriptor = descriptor
        return WatchToken(raw: UInt64(slots[Int(index)].generation) << 32 | UInt64(index))
    }

    mutating func remove(_ token: WatchToken) {
        guard let index = find(token.raw) else { return }
        slots[index].handler = nil
        slots[index].descriptor = -1
        set(ReadAhead([]), at: index)
        // 31 bits, so that no token equals the eventfd's.
        slots[index].generation = (slots[index].generation &+ 1) & 0x7fff_ffff
        free.append(UInt32(index))
    }

    func handler(_ raw: UInt64) -> (any DescriptorHandler)? {
        find(raw).flatMap { slots[$0].handler }
    }

    func descriptor(_ token: WatchToken) -> Int32? {
        find(token.raw).map { slots[$0].descriptor }
    }

    /// Where the handler of a descriptor reads first.
    mutating func readsFirst(_ token: WatchToken, _ hint: ReadAhead) {
        if let index = find(token.raw) { set(hint, at: index) }
    }

    /// Asks for what the handler of the next row reads first, and for where that stands of the row after it.
    @inline(__always)
    func readAhead(_ next: UInt64, then second: UInt64) {
        let (index, following) = (Int(next & 0xffff_ffff), Int(second & 0xffff_ffff))
        ahead.withUnsafeBufferPointer { places in
            if following < slots.count, let base = places.baseAddress {
                let start = UInt64(UInt(bitPattern: base + following * ReadAhead.capacity))
                mesh_read_ahead(start, UInt32(ReadAhead.capacity / 8 + 1))
            }
            // The loop's own descriptor has no slot.
            guard index < slots.count else { return }
            for place in places[index * ReadAhead.capacity..<(index + 1) * ReadAhead.capacity] {
                if place == 0 { return }
                mesh_read_ahead(place & ReadAhead.Place.addressBits, UInt32(place >> 48))
            }
        }
    }

    /// The places of a descriptor, packed.
    func places(_ token: WatchToken) -> ArraySlice<UInt64> {
        guard let index = find(token.raw) else { return [] }
        return ahead[index * ReadAhead.capacity..<(index + 1) * ReadAhead.capacity].prefix { $0 != 0 }
    }

    private mutating func set(_ hint: ReadAhead, at index: Int) {
        for place in 0..<ReadAhead.capacity {
            let packed = place < hint.places.count ? hint.places[place].packed : 0
            ahead[index * ReadAhead.capacity + place] = packed
        }
    }

    private func find(_ raw: UInt64) -> Int? {
        let index = Int(raw & 0xffff_ffff)
        guard raw != Self.wakeUpToken, index < slots.count else { return nil }
        let slot = slots[index]
        return slot.handler != nil && UInt64(slot.generation) == raw >> 32 ? index : nil
    }
}
