import Glibc
import TestServers
import Testing

@testable import Reactor

/// What a connection has still to send.
@Suite struct OutputQueueTests {
    /// Sends up to so many bytes, as the kernel would.
    private func take(_ queue: inout OutputQueue, _ limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        if let part = queue.filePart {
            bytes = [UInt8](repeating: 0, count: min(limit, part.count))
            let count = pread(part.descriptor, &bytes, bytes.count, part.offset)
            precondition(count == bytes.count, "a file has all of its bytes")
            queue.advance(count)
            return bytes
        }
        queue.withPieces { pieces, _ in
            for piece in pieces where bytes.count < limit {
                bytes += UnsafeRawBufferPointer(start: piece.iov_base, count: min(piece.iov_len, limit - bytes.count))
            }
        }
        queue.advance(bytes.count)
        return bytes
    }

    private func append(_ bytes: [UInt8], to queue: inout OutputQueue) {
        bytes.withUnsafeBytes { queue.append($0) }
    }

    /// A peer that reads slowly, and never all.
    @Test func whatWasSentIsNotKept() {
        var queue = OutputQueue()
        append([UInt8](repeating: 1, count: 100_000), to: &queue)
        for round in 0..<100 {
            append([UInt8](repeating: UInt8(round), count: 50_000), to: &queue)
            queue.advance(50_000)
            #expect(queue.count == 100_000 && queue.gatheredBytes <= 400_000, "round \(round)")
        }
        let rest = take(&queue, .max)
        #expect(rest == [UInt8](repeating: 98, count: 50_000) + [UInt8](repeating: 99, count: 50_000))
    }

    @Test func largeSharedBytesAreSentFromWhereTheyAre() {
        let shared = SharedBytes([UInt8](repeating: 7, count: OutputQueue.leastShared))
        var queue = OutputQueue()
        append([1, 2], to: &queue)
        queue.append(shared, 0..<shared.count)
        append([3], to: &queue)
        let places = queue.withPieces { pieces, _ in pieces.map { UnsafeRawPointer($0.iov_base) } }
        #expect(places.count == 3 && places[1] == shared.bytes.baseAddress)
        #expect(queue.count == shared.count + 3)
    }

    /// The head goes first, and says that more follows; then the file; then what is behind it.
    @Test func veryLargeOnesAreSentFromTheirFile() {
        let content = (0..<SharedBytes.leastInFile + 100).map { UInt8(truncatingIfNeeded: $0) }
        let shared = SharedBytes(content)
        #expect(shared.descriptor != nil && shared.bytes.elementsEqual(content))
        var queue = OutputQueue()
        append([1, 2], to: &queue)
        queue.append(shared, 50..<shared.count)
        append([3], to: &queue)
        #expect(queue.filePart == nil)
        let head = queue.withPieces { pieces, isFileNext in (pieces.count, pieces.first?.iov_len, isFileNext) }
        #expect(head.0 == 1 && head.1 == 2 && head.2)
        queue.advance(2)
        #expect(queue.filePart?.offset == 50 && queue.filePart?.count == content.count - 50)
        // What is left of it is too little for a call of its own.
        queue.advance(60)
        #expect(queue.filePart == nil)
        #expect(take(&queue, .max) == content[110...] + [3])
    }

    @Test func smallOnesAreGathered() {
        let shared = SharedBytes([1, 2, 3, 4])
        var queue = OutputQueue()
        queue.append(shared, 1..<3)
        append([9], to: &queue)
        #expect(queue.withPieces { pieces, _ in pieces.count } == 1)
        let sent = take(&queue, 10)
        #expect(sent == [2, 3, 9])
        #expect(queue.isEmpty)
    }

    /// Whatever is added and however little is taken: the bytes come out in order, all of them, each once.
    @Test(arguments: 1...8)
    func everyByteComesOutOnceAndInOrder(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = OutputQueue()
        var sent: [UInt8] = []
        var expected: [UInt8] = []
        for round in 0..<100 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let count = Int.random(in: 0..<3000, using: &random)
                let bytes = [UInt8](repeating: UInt8(round), count: count)
                append(bytes, to: &queue)
                expected += bytes
            case 1:
                let bytes = [UInt8](repeating: UInt8(round), count: 30_000)
                let lower = Int.random(in: 0..<bytes.count, using: &random)
                let upper = Int.random(in: lower..<bytes.count, using: &random)
                queue.append(SharedBytes(bytes), lower..<upper)
                expected += bytes[lower..<upper]
            default:
                sent += take(&queue, Int.random(in: 0..<20_000, using: &random))
            }
            #expect(queue.count == expected.count - sent.count)
        }
        while !queue.isEmpty { sent += take(&queue, 100_000) }
        #expect(sent == expected)
    }

    @Test func morePiecesThanAreLentAtOnceWait() {
        let shared = SharedBytes([UInt8](repeating: 5, count: OutputQueue.leastShared))
        var queue = OutputQueue()
        for index in 0..<UInt8(40) {
            append([index], to: &queue)
            queue.append(shared, 0..<shared.count)
        }
        #expect(queue.withPieces { pieces, _ in pieces.count } == OutputQueue.maximumPieces)
        var heads: [UInt8] = []
        while !queue.isEmpty {
            let bytes = take(&queue, .max)
            heads += stride(from: 0, to: bytes.count, by: shared.count + 1).map { bytes[$0] }
        }
        #expect(heads == Array(0..<40))
    }

    @Test func muchThatWasSentIsGivenBack() {
        var queue = OutputQueue()
        append([UInt8](repeating: 1, count: 3 << 20), to: &queue)
        let shared = SharedBytes([UInt8](repeating: 2, count: 10_000))
        queue.append(shared, 0..<shared.count)
        append([3], to: &queue)
        queue.advance(2 << 20)
        let rest = take(&queue, .max)
        #expect(rest.count == (1 << 20) + 10_001 && rest.prefix(1 << 20).allSatisfy { $0 == 1 })
        #expect(rest.dropFirst(1 << 20) == ([UInt8](repeating: 2, count: 10_000) + [3])[...])
    }
}
