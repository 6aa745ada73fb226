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

    mutating func insert(_ handler: any DescriptorHandler, _ descriptor: Int32) -> WatchToken {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(index)].handler = handler
        slots[Int(index)].descriptor = descriptor
        return WatchToken(raw: UInt64(slots[Int(index)].generation) << 32 | UInt64(index))
    }

    mutating func remove(_ token: WatchToken) {
        guard let index = find(token.raw) else { return }
        slots[index].handler = nil
        slots[index].descriptor = -1
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

    private func find(_ raw: UInt64) -> Int? {
        let index = Int(raw & 0xffff_ffff)
        guard raw != Self.wakeUpToken, index < slots.count else { return nil }
        let slot = slots[index]
        return slot.handler != nil && UInt64(slot.generation) == raw >> 32 ? index : nil
    }
}
