/// Cuts the bytes of a stream into gRPC messages: a flag, four bytes of length, the message (PROTOCOL-HTTP2.md,
/// "Length-Prefixed-Message"). Messages need not be aligned with DATA frames. A value without I/O.
struct MessageDeframer {
    /// What is wrong with the bytes.
    enum Fault: Error, Equatable {
        /// A message longer than allowed; known from its prefix.
        case tooLarge(Int)
        /// Flagged as compressed where no encoding was agreed on.
        case compressed
        /// A flag other than 0 and 1.
        case badFlag(UInt8)
    }

    /// Bytes before each message.
    static let prefixBytes = 5

    /// Bytes that a message may have.
    let limit: Int
    /// Whether an encoding was agreed on, so that messages may be flagged as compressed.
    var acceptsCompressed = false
    private var buffer: [UInt8] = []
    private var consumed = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Bytes of a message that is not complete yet.
    var partialBytes: Int { buffer.count - consumed }

    /// Forgets the message that is not complete.
    mutating func drop() {
        buffer = []
        consumed = 0
    }

    /// Takes bytes and gives each message that is complete with them, and whether it is compressed.
    mutating func append(
        _ bytes: UnsafeRawBufferPointer,
        _ message: (_ bytes: [UInt8], _ isCompressed: Bool) -> Void
    ) throws(Fault) {
        var bytes = bytes
        // The usual case: whole messages in one piece, no copy but the message itself.
        if buffer.isEmpty {
            while bytes.count >= 5 {
                let prefix = Prefix(bytes)
                let length = try length(prefix)
                guard bytes.count >= 5 + length else { break }
                message([UInt8](UnsafeRawBufferPointer(rebasing: bytes[5..<(5 + length)])), prefix.flag == 1)
                bytes = UnsafeRawBufferPointer(rebasing: bytes[(5 + length)...])
            }
            if bytes.isEmpty { return }
            // The prefix of a message that is still to come may already be wrong.
            if bytes.count >= 5 { buffer.reserveCapacity(min(5 + (try length(Prefix(bytes))), 1 << 16)) }
        }
        buffer.append(contentsOf: bytes)
        try cut(message)
    }

    private mutating func cut(_ message: ([UInt8], Bool) -> Void) throws(Fault) {
        while buffer.count - consumed >= 5 {
            let prefix = buffer[consumed..<(consumed + 5)].withUnsafeBytes { Prefix($0) }
            let total = 5 + (try length(prefix))
            guard buffer.count - consumed >= total else { break }
            message(Array(buffer[(consumed + 5)..<(consumed + total)]), prefix.flag == 1)
            consumed += total
        }
        if consumed == buffer.count {
            buffer = []
            consumed = 0
        } else if consumed > 64 << 10 {
            buffer.removeSubrange(..<consumed)
            consumed = 0
        }
    }

    private func length(_ prefix: Prefix) throws(Fault) -> Int {
        guard prefix.flag == 0 || prefix.flag == 1 && acceptsCompressed else {
            throw prefix.flag == 1 ? .compressed : .badFlag(prefix.flag)
        }
        guard prefix.length <= limit else { throw .tooLarge(prefix.length) }
        return prefix.length
    }

    private struct Prefix {
        let flag: UInt8
        let length: Int

        init(_ bytes: UnsafeRawBufferPointer) {
            flag = bytes[0]
            length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        }
    }

    /// Writes the prefix of the message that follows the first five bytes.
    static func fillPrefix(_ frame: inout [UInt8], isCompressed: Bool) {
        let count = UInt32(frame.count - 5)
        frame[0] = isCompressed ? 1 : 0
        for index in 0..<4 { frame[1 + index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32(index))) }
    }

    /// A message with its prefix.
    static func frame(_ message: [UInt8]) -> [UInt8] {
        let count = message.count
        precondition(count <= UInt32.max, "a message has at most 4 GiB")
        return [UInt8](unsafeUninitializedCapacity: count + 5) { space, filled in
            space[0] = 0
            space[1] = UInt8(truncatingIfNeeded: count >> 24)
            space[2] = UInt8(truncatingIfNeeded: count >> 16)
            space[3] = UInt8(truncatingIfNeeded: count >> 8)
            space[4] = UInt8(truncatingIfNeeded: count)
            if let start = space.baseAddress, count > 0 {
                message.withUnsafeBufferPointer { source in
                    if let base = source.baseAddress { (start + 5).initialize(from: base, count: count) }
                }
            }
            filled = count + 5
        }
    }
}

extension MessageDeframer.Fault {
    /// The status that a call with such bytes ends with.
    var error: RPCError {
        switch self {
        case .tooLarge(let length): RPCError(.resourceExhausted, "a message of \(length) bytes is over the limit")
        case .compressed: RPCError(.internalError, "a message is flagged as compressed, but no encoding was named")
        case .badFlag(let flag): RPCError(.internalError, "a message begins with flag \(flag)")
        }
    }
}
