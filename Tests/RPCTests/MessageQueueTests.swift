import Reactor
import Testing

@testable import RPC

/// Messages that wait for their reader.
@Suite(.timeLimit(.minutes(1))) struct MessageQueueTests {
    private static func message(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 7 == 0 ? 300 : number % 3)
    }

    /// Those apart and those that are packed, in the order in which they came.
    @Test(arguments: [1, 63, 64, 65, 1000]) func manyWait(count: Int) async throws {
        try await onLoop { loop in
            let queue = MessageQueue(loop: loop, limit: 1000)
            for round in 0..<3 {
                for number in 0..<count { queue.push(Self.message(number + round), isCompressed: false) }
                #expect(queue.places <= MessageQueue.mostApart)
                #expect(queue.waitingBytes == (0..<count).reduce(0) { $0 + Self.message($1 + round).count + 5 })
                for number in 0..<count {
                    let message = try await queue.next()
                    #expect(message == Self.message(number + round))
                }
                #expect(queue.waitingBytes == 0)
            }
            queue.finish()
            let end = try await queue.next()
            #expect(end == nil)
        }
    }

    /// A reader that never has all.
    @Test(arguments: [10, 500]) func whatWasReadIsDropped(backlog: Int) async throws {
        try await onLoop { loop in
            let queue = MessageQueue(loop: loop, limit: 1000)
            for number in 0..<backlog { queue.push(Self.message(number), isCompressed: false) }
            for number in backlog..<4000 {
                queue.push(Self.message(number), isCompressed: false)
                let message = try await queue.next()
                #expect(message == Self.message(number - backlog))
                #expect(queue.places <= 130)
            }
        }
    }

    @Test func packedOnesKeepWhetherTheyAreCompressed() {
        var packed = PackedMessages()
        var wanted: [(bytes: [UInt8], isCompressed: Bool)] = []
        for number in 0..<3000 {
            packed.append(Self.message(number), isCompressed: number % 5 == 0)
            wanted.append((Self.message(number), number % 5 == 0))
            guard number >= 900 else { continue }
            let first = packed.popFirst()
            let expected = wanted.removeFirst()
            #expect(first?.bytes == expected.bytes && first?.isCompressed == expected.isCompressed)
            #expect(packed.count < 200_000)
        }
        for expected in wanted { #expect(packed.popFirst()?.bytes == expected.bytes) }
        #expect(packed.isEmpty && packed.popFirst() == nil && packed.count == 0)
    }

    private func onLoop(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        let group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        try await loop.run { try await body(loop) }
        group.shutdown()
    }
}
