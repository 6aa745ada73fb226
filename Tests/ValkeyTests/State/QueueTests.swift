import Testing

@testable import Valkey

@Suite struct QueueTests {
    @Test func `a ring keeps order over many turns and growth`() {
        var queue = FIFO<Int>()
        var expected: [Int] = []
        var next = 0
        for round in 0..<200 {
            for _ in 0..<(round % 7) {
                queue.append(next)
                expected.append(next)
                next += 1
            }
            if round % 5 == 0 {
                queue.prepend(-round)
                expected.insert(-round, at: 0)
            }
            for _ in 0..<(round % 3) where !expected.isEmpty {
                same(queue.popFirst(), expected.removeFirst())
            }
            #expect(queue.count == expected.count)
        }
        #expect((0..<queue.count).map { queue[$0] } == expected)
        same(queue.removeAll(), expected)
        same(queue.popFirst(), nil)
    }

    @Test func `a line is bounded in number and bytes`() {
        var line = WaitingLine<Int>(maximum: 3, maximumBytes: 10)
        same(line.append(1, bytes: 4), true)
        same(line.append(2, bytes: 7), false)
        same(line.append(3, bytes: 6), true)
        same(line.append(4, bytes: 1), false)
        same(line.popFirst(), 1)
        same(line.append(5, bytes: 1), true)
        same(line.append(6, bytes: 1), true)
        same(line.append(7, bytes: 0), false)
        #expect(line.bytes == 8)
    }

    @Test func `what comes back is first, in its order`() {
        var line = WaitingLine<Int>(maximum: 3, maximumBytes: 10)
        _ = line.append(3, bytes: 1)
        line.putBack([(1, bytes: 2), (2, bytes: 3)])
        #expect(line.bytes == 6)
        same([line.popFirst(), line.popFirst(), line.popFirst(), line.popFirst()], [1, 2, 3, nil])
        #expect(line.bytes == 0)
    }

    @Test func `those that are over are taken out`() {
        var line = WaitingLine<Int>(maximum: 10, maximumBytes: 100)
        for call in 1...6 { _ = line.append(call, bytes: call) }
        same(line.removeAll { $0.isMultiple(of: 2) }, [2, 4, 6])
        #expect(line.count == 3 && line.bytes == 9)
        same(line.popFirst(), 1)
    }

    @Test func `a ring gives up what is wanted out of the middle`() {
        for first in 0..<16 {
            var queue = FIFO<Int>()
            // The ring's end is somewhere in between.
            for _ in 0..<first { queue.append(0) }
            for _ in 0..<first { _ = queue.popFirst() }
            for number in 0..<15 { queue.append(number) }
            same(queue.remove { $0 % 3 == 1 }, [1, 4, 7, 10, 13])
            queue.append(99)
            same(queue.removeAll(), [0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 99])
        }
    }

    @Test func `all of a line is taken as a line`() {
        var line = WaitingLine<Int>(maximum: 3, maximumBytes: 10)
        for call in 1...3 { _ = line.append(call, bytes: 3) }
        var all = line.takeAll()
        #expect(line.isEmpty && line.bytes == 0)
        same(line.append(4, bytes: 10), true)
        same([all.popFirst(), all.popFirst(), all.popFirst(), all.popFirst()], [1, 2, 3, nil])
    }

    @Test func `a buffer stops the server when full, and lets it go on when half empty`() {
        var buffer = EventBuffer(maximum: 4)
        same((1...4).map { _ in buffer.append(.resumed) }, [false, false, false, true])
        same(buffer.append(.resumed), false)
        same((1...5).map { _ in buffer.popFirst()?.resumes }, [false, false, true, false, false])
        same(buffer.popFirst()?.event, nil)
    }

    @Test func `large messages fill a buffer too`() {
        var buffer = EventBuffer(maximum: 1000)
        let large = ValkeySubscriptionEvent.message(
            ValkeyMessage(
                channel: "c",
                pattern: nil,
                payload: [UInt8](repeating: 0, count: EventBuffer.maximumBytes / 2)
            )
        )
        same(buffer.append(large), false)
        same(buffer.append(large), true)
        same(buffer.popFirst()?.resumes, false)
        same(buffer.popFirst()?.resumes, true)
    }
}
