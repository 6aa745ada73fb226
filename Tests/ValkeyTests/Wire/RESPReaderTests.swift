import TestServers
import Testing

@testable import Valkey

@Suite struct RESPReaderTests {
    private static let everything =
        "+OK\r\n-ERR no\r\n:-12\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n$5\r\na\r\n\0b\r\n"
        + "*4\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n-WRONGTYPE w\r\n*1\r\n*1\r\n*0\r\n:9223372036854775807\r\n"
    private static let replies: [ValkeyReply] = [
        .status("OK"), .error("ERR no"), .integer(-12), .null, .null, .bytes([]), .array([]),
        .bytes([0x61, 13, 10, 0, 0x62]),
        .array([
            .integer(1), .array([.bytes([0x78]), .null]), .error("WRONGTYPE w"), .array([.array([.array([])])]),
        ]),
        .integer(.max),
    ]

    @Test func `every kind of reply, whole and split at every byte`() throws {
        let bytes = Array(Self.everything.utf8)
        #expect(try read([bytes]) == Self.replies)
        #expect(try read(bytes.map { [$0] }) == Self.replies)
        for place in 1..<bytes.count {
            #expect(try read([Array(bytes[..<place]), Array(bytes[place...])]) == Self.replies, "split at \(place)")
        }
    }

    @Test func `large values and many small ones in pieces`() throws {
        var generator = SystemRandomNumberGenerator()
        let value = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var bytes = Array("$\(value.count)\r\n".utf8) + value + [13, 10]
        for number in 0..<20_000 { bytes += Array(":\(number)\r\n".utf8) }
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...RESPReader.piece))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        let replies = try read(pieces)
        #expect(replies.first == .bytes(value))
        #expect(replies.dropFirst().elementsEqual((0..<20_000).map { .integer($0) }))
    }

    @Test func `values of every size near the border, alone and within arrays, in pieces of any size`() throws {
        var generator = SeededGenerator(seed: 4)
        var replies: [ValkeyReply] = []
        var bytes: [UInt8] = []
        func value() -> ValkeyReply {
            let count = Int.random(in: 0...3, using: &generator) * 8192 + Int.random(in: -2...2, using: &generator)
            let value = [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: max(0, count))
            bytes += Array("$\(value.count)\r\n".utf8) + value + [13, 10]
            return .bytes(value)
        }
        for _ in 0..<60 {
            replies.append(value())
            bytes += Array("*3\r\n".utf8)
            let first = value()
            bytes += Array("*1\r\n".utf8)
            let inner = value()
            bytes += Array(":7\r\n".utf8)
            replies.append(.array([first, .array([inner]), .integer(7)]))
        }
        for largest in [3, 100, 5000, 100_000] {
            var pieces: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...largest, using: &generator))
                pieces.append(Array(bytes[start..<end]))
                start = end
            }
            #expect(try read(pieces) == replies, "pieces up to \(largest)")
        }
    }

    @Test func `a large value within an array counts`() {
        let value = String(repeating: "x", count: 40_000)
        let text = "*3\r\n" + String(repeating: "$40000\r\n\(value)\r\n", count: 3)
        #expect(throws: ValkeyError(.tooLarge, "")) { try read([Array(text.utf8)], limit: 100_000) }
        #expect(throws: Never.self) { try read([Array(text.utf8)], limit: 130_000) }
    }

    @Test(arguments: [
        "$999999999999\r\n", "$2000000\r\nx", "*2147483647\r\n", "*1000000\r\n:1\r\n", "*2\r\n$1\r\nx\r\n$99999999\r\n",
    ])
    func `a promise that is too large is refused before it is kept`(text: String) {
        #expect(throws: ValkeyError(.tooLarge, "")) { try read([Array(text.utf8)], limit: 1 << 20) }
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n", "?\r\n", "\r\n", "$abc\r\n", "$-2\r\n", "*-2\r\n", ":1x\r\n", ":\r\n",
        "$18446744073709551616\r\n", "*99999999999\r\n", "$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ])
    func `garbage is refused`(text: String) {
        #expect(throws: ValkeyError(.protocolViolation, "")) { try read([Array(text.utf8)], limit: 1 << 20) }
    }

    @Test func `nesting is bounded`() {
        let deep = String(repeating: "*1\r\n", count: 10_000)
        #expect(throws: ValkeyError(.protocolViolation, "")) { try read([Array(deep.utf8.prefix(4096))]) }
    }

    @Test(arguments: ["+", "-", ":", "*", ""])
    func `a line without an end is refused`(start: String) {
        #expect(throws: ValkeyError(.protocolViolation, "")) {
            let reader = RESPReader(limit: 64 << 20)
            var piece = Array(start.utf8) + [UInt8](repeating: 0x31, count: 4000)
            for _ in 0..<100 {
                try reader.feed(array: piece) { _ in }
                piece = [UInt8](repeating: 0x31, count: 4000)
            }
        }
    }

    @Test func `many small items count too`() {
        let bytes = Array(("*30000\r\n" + String(repeating: ":1\r\n", count: 30_000)).utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 4096).map { Array(bytes[$0..<min($0 + 4096, bytes.count)]) }
        #expect(throws: Never.self) { try read(pieces, limit: 1 << 20) }
        // The same number in arrays inside of arrays, none of which is large.
        let nested = "*1000\r\n" + String(repeating: "*40\r\n" + String(repeating: ":1\r\n", count: 40), count: 1000)
        let all = Array(nested.utf8)
        let parts = stride(from: 0, to: all.count, by: 4096).map { Array(all[$0..<min($0 + 4096, all.count)]) }
        #expect(throws: ValkeyError(.tooLarge, "")) { try read(parts, limit: 1 << 20) }
    }

    @Test func `random bytes never do more than end the reading`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("$*+-:0123456789\r\nab".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<200).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            _ = try? read([bytes], limit: 4096)
        }
    }

    private func read(_ pieces: [[UInt8]], limit: Int = 64 << 20) throws -> [ValkeyReply] {
        let reader = RESPReader(limit: limit)
        var replies: [ValkeyReply] = []
        for piece in pieces { try reader.feed(array: piece) { replies.append($0) } }
        return replies
    }
}

extension RESPReader {
    /// Gives it all of the bytes, as a connection does.
    fileprivate func feed(array: [UInt8], _ replied: (ValkeyReply) -> Void) throws {
        try array.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
            while !rest.isEmpty {
                rest = UnsafeRawBufferPointer(rebasing: rest[try feed(rest)...])
                while let reply = try next() { replied(reply) }
            }
        }
    }
}
