import Testing

@testable import RPC

@Suite
struct MessageDeframerTests {
    private func feed(_ pieces: [[UInt8]], limit: Int = 100) throws -> [[UInt8]] {
        var deframer = MessageDeframer(limit: limit)
        var messages: [[UInt8]] = []
        for piece in pieces {
            try piece.withUnsafeBytes { try deframer.append($0) { message, _ in messages.append(message) } }
        }
        #expect(deframer.partialBytes == 0)
        return messages
    }

    @Test
    func messagesComeOutHoweverTheBytesAreCut() throws {
        let messages: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 90)]
        let bytes = messages.flatMap { MessageDeframer.frame($0) }
        #expect(try feed([bytes]) == messages)
        #expect(try feed(bytes.map { [$0] }) == messages)
        for cut in 0...bytes.count {
            #expect(try feed([Array(bytes[..<cut]), Array(bytes[cut...])]) == messages)
        }
    }

    @Test
    func aMessageOverTheLimitIsKnownByItsPrefix() {
        #expect(throws: MessageDeframer.Fault.tooLarge(101)) { try feed([[0, 0, 0, 0, 101]]) }
        #expect(throws: MessageDeframer.Fault.tooLarge(1 << 24)) { try feed([[0], [1, 0, 0], [0]]) }
    }

    @Test
    func flagsOtherThanZeroAreRefused() {
        #expect(throws: MessageDeframer.Fault.compressed) { try feed([[1, 0, 0, 0, 0]]) }
        #expect(throws: MessageDeframer.Fault.badFlag(2)) { try feed([[2, 0, 0, 0, 0]]) }
    }

    @Test
    func oneIsTakenWhereAnEncodingWasAgreedOn() throws {
        var found: [String] = []
        for cut in 0...11 {
            var deframer = MessageDeframer(limit: 100)
            deframer.acceptsCompressed = true
            let bytes: [UInt8] = [1, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0]
            for piece in [bytes[..<cut], bytes[cut...]] {
                try piece.withUnsafeBytes { try deframer.append($0) { found.append("\($0) \($1)") } }
            }
        }
        #expect(found == Array(repeating: ["[7] true", "[] false"], count: 12).flatMap { $0 })
        var deframer = MessageDeframer(limit: 100)
        deframer.acceptsCompressed = true
        #expect(throws: MessageDeframer.Fault.badFlag(3)) {
            try [3, 0, 0, 0, 0].withUnsafeBytes { try deframer.append($0) { _, _ in } }
        }
    }
}
