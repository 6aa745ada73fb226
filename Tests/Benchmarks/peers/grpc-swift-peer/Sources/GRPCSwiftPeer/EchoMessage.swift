import GRPCCore

/// Both messages of the method: field 1 is the text, field 2 how often it is said. Read and written by hand, so that no
/// generator is needed; that is quicker than what a generator makes.
struct EchoMessage: Sendable {
    var text = ""
    var count = 0
}

/// Protobuf's wire format of the message.
struct EchoCoding: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: EchoMessage) throws -> Bytes {
        var bytes: [UInt8] = [0x0a]
        bytes.reserveCapacity(message.text.utf8.count + 6)
        var length = message.text.utf8.count
        while length > 0x7f {
            bytes.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes.append(contentsOf: message.text.utf8)
        return Bytes(bytes)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> EchoMessage {
        try bytes.withUnsafeBytes { bytes in
            var message = EchoMessage()
            var place = 0
            func varint() throws -> Int {
                var value = 0
                var shift = 0
                while place < bytes.count, shift < 35 {
                    let byte = bytes[place]
                    place += 1
                    value |= Int(byte & 0x7f) << shift
                    if byte < 0x80 { return value }
                    shift += 7
                }
                throw RPCError(code: .invalidArgument, message: "the message is malformed")
            }
            while place < bytes.count {
                let tag = try varint()
                let value = try varint()
                switch tag {
                case 0x0a:
                    guard place + value <= bytes.count else {
                        throw RPCError(code: .invalidArgument, message: "the message is malformed")
                    }
                    message.text = String(decoding: bytes[place..<(place + value)], as: UTF8.self)
                    place += value
                case 0x10: message.count = value
                default: throw RPCError(code: .invalidArgument, message: "the message has another field")
                }
            }
            return message
        }
    }
}
