/// Many messages that wait, in one piece, about as they were on the wire: each in an array of its own, small ones would
/// take eleven times the window that they came through.
struct PackedMessages {
    private var bytes: [UInt8] = []
    private var taken = 0

    /// Flag and length.
    private static let prefix = 5
    /// Fewer bytes that have been taken are kept before those that wait.
    private static let leastDropped = 64 << 10

    var isEmpty: Bool { taken == bytes.count }
    /// Of its buffer, messages among them that have been taken.
    var count: Int { bytes.count }

    mutating func append(_ message: [UInt8], isCompressed: Bool) {
        bytes.append(isCompressed ? 1 : 0)
        withUnsafeBytes(of: UInt32(message.count)) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: message)
    }

    mutating func popFirst() -> (bytes: [UInt8], isCompressed: Bool)? {
        guard !isEmpty else { return nil }
        let (isCompressed, length) = bytes.withUnsafeBytes { bytes in
            (bytes[taken] == 1, Int(bytes.loadUnaligned(fromByteOffset: taken + 1, as: UInt32.self)))
        }
        let start = taken + Self.prefix
        let message = [UInt8](bytes[start..<(start + length)])
        taken = start + length
        if isEmpty {
            bytes = []
            taken = 0
        } else if taken >= Self.leastDropped, taken >= bytes.count - taken {
            bytes.removeSubrange(..<taken)
            taken = 0
        }
        return (message, isCompressed)
    }
}
