/// Timers ordered by their moment: a binary heap whose entries know their place, so that cancelling is O(log n).
/// A value without clock or I/O.
struct TimerHeap<Payload> {
    /// Names one timer; stays valid, and then points to nothing, after the timer has fired or was cancelled.
    struct Token: Hashable {
        fileprivate var slot: Int32
        fileprivate var generation: UInt32
    }

    private struct Slot {
        var payload: Payload?
        var generation: UInt32 = 0
        var place: Int32 = -1
    }

    private struct Entry {
        var time: MonotonicTime
        var slot: Int32
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [Int32] = []

    /// When the first timer is due.
    var next: MonotonicTime? { heap.first?.time }
    var count: Int { heap.count }

    mutating func insert(at time: MonotonicTime, _ payload: consuming Payload) -> Token {
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = Int32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].payload = payload
        heap.append(Entry(time: time, slot: slot))
        siftUp(heap.count - 1)
        return Token(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// True if the timer was still waiting.
    @discardableResult
    mutating func cancel(_ token: Token) -> Bool {
        guard slots[Int(token.slot)].generation == token.generation else { return false }
        _ = remove(at: Int(slots[Int(token.slot)].place))
        return true
    }

    /// Takes out the first timer that is due at `now`.
    mutating func popDue(_ now: MonotonicTime) -> Payload? {
        guard let first = heap.first, first.time <= now else { return nil }
        return remove(at: 0)
    }

    private mutating func remove(at place: Int) -> Payload? {
        let slot = heap[place].slot
        let last = heap.removeLast()
        if place < heap.count {
            heap[place] = last
            slots[Int(last.slot)].place = Int32(place)
            siftDown(place)
            siftUp(Int(slots[Int(last.slot)].place))
        }
        let payload = slots[Int(slot)].payload.take()
        slots[Int(slot)].generation &+= 1
        slots[Int(slot)].place = -1
        free.append(slot)
        return payload
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        let entry = heap[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard entry.time < heap[parent].time else { break }
            heap[place] = heap[parent]
            slots[Int(heap[place].slot)].place = Int32(place)
            place = parent
        }
        heap[place] = entry
        slots[Int(entry.slot)].place = Int32(place)
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        let entry = heap[place]
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
            guard heap[child].time < entry.time else { break }
            heap[place] = heap[child]
            slots[Int(heap[place].slot)].place = Int32(place)
            place = child
        }
        heap[place] = entry
        slots[Int(entry.slot)].place = Int32(place)
    }
}
