import Testing

@testable import Reactor

@Suite
struct TimerHeapTests {
    private func time(_ value: Int) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(value)) }

    @Test
    func timersComeOutInOrderOfTheirTime() {
        var random = SystemRandomNumberGenerator()
        var heap = TimerHeap<Int>()
        let times = (0..<500).map { _ in Int.random(in: 0..<1000, using: &random) }
        for value in times { _ = heap.insert(at: time(value), value) }
        var popped: [Int] = []
        while let value = heap.popDue(time(1000)) { popped.append(value) }
        #expect(popped == times.sorted())
        #expect(heap.count == 0)
    }

    @Test
    func nothingIsDueBeforeItsTime() {
        var heap = TimerHeap<String>()
        _ = heap.insert(at: time(10), "a")
        let early = heap.popDue(time(9))
        #expect(early == nil)
        #expect(heap.next == time(10))
        let due = heap.popDue(time(10))
        #expect(due == "a")
        #expect(heap.next == nil)
    }

    @Test
    func cancelledTimersNeverComeOutAndTheOthersAllDo() {
        var heap = TimerHeap<Int>()
        let tokens = (0..<200).map { heap.insert(at: time(($0 * 7919) % 200), $0) }
        for index in stride(from: 0, to: 200, by: 3) {
            let wasWaiting = heap.cancel(tokens[index])
            #expect(wasWaiting)
        }
        var popped: Set<Int> = []
        var last = -1
        while let value = heap.popDue(time(1000)) {
            #expect((value * 7919) % 200 >= last)
            last = (value * 7919) % 200
            popped.insert(value)
        }
        #expect(popped == Set((0..<200).filter { $0 % 3 != 0 }))
    }

    @Test
    func aTokenOfATimerThatIsGoneDoesNotReachTheNextOne() {
        var heap = TimerHeap<String>()
        let old = heap.insert(at: time(1), "old")
        let first = heap.popDue(time(1))
        #expect(first == "old")
        _ = heap.insert(at: time(2), "new")
        let wasWaiting = heap.cancel(old)
        #expect(!wasWaiting)
        let second = heap.popDue(time(2))
        #expect(second == "new")
    }
}
