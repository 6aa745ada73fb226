/// Makes frames of HTTP/2 of bytes that choose among them, so that most of what the fuzzer changes stays a frame.
struct FrameScript {
    private var rest: ArraySlice<UInt8>
    private var next: UInt32 = 1

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// The frames one after the other.
    mutating func frames() -> [UInt8] {
        var all: [UInt8] = []
        while let step = rest.popFirst() { all += frame(step) }
        return all
    }

    private mutating func frame(_ step: UInt8) -> [UInt8] {
        let flags = step >> 4
        switch step & 15 {
        case 0...3: return request(flags)
        case 4...6:
            let message = text()
            let prefix: [UInt8] = [flags & 2 == 0 ? 0 : byte(), 0, 0, 0, UInt8(message.count)]
            return Self.frame(0, flags & 1, stream(), prefix + message)
        case 7: return Self.frame(3, 0, stream(), [0, 0, 0, byte()])
        case 8: return Self.frame(4, flags & 1, 0, flags & 1 == 1 ? [] : [0, byte() & 7, 0, 0, byte(), byte()])
        case 9: return Self.frame(6, flags & 1, 0, Array(repeating: byte(), count: 8))
        case 10: return Self.frame(8, 0, flags & 1 == 1 ? 0 : stream(), [byte() & 0x7f, 0, 0, byte()])
        case 11: return Self.frame(7, 0, 0, [0, 0, 0, byte(), 0, 0, 0, byte()])
        case 12: return Self.frame(2, 0, stream(), [0, 0, 0, byte(), 16])
        case 13: return Self.frame(9, 4, stream(), Self.field("x-more", text()))
        case 14: return Self.frame(1, 5, stream(), Self.field("x-trailer", text()))
        default: return Self.frame(byte(), byte(), stream(), text())
        }
    }

    private mutating func request(_ flags: UInt8) -> [UInt8] {
        let id = next
        next += 2
        let choice = byte()
        let paths = ["Check", "Watch", "List", "Nothing"]
        var block =
            Self.field(":method", Array((choice & 0x80 == 0 ? "POST" : "GET").utf8))
            + Self.field(":scheme", Array("http".utf8))
            + Self.field(":path", Array("/grpc.health.v1.Health/\(paths[Int(choice & 3)])".utf8))
            + Self.field(":authority", Array("localhost".utf8))
            + Self.field("content-type", Array((choice & 0x40 == 0 ? "application/grpc" : "text/plain").utf8))
        let names = [
            "grpc-timeout", "x-some-bin", "grpc-encoding", "traceparent", "tracestate", "x-some", "te",
            "content-length",
        ]
        for _ in 0..<(flags >> 2) { block += Self.field(names[Int(byte() & 7)], text()) }
        guard flags & 2 == 2, block.count > 10 else { return Self.frame(1, 4 | flags & 1, id, block) }
        // In two frames.
        return Self.frame(1, flags & 1, id, Array(block.prefix(10))) + Self.frame(9, 4, id, Array(block.dropFirst(10)))
    }

    private mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    private mutating func stream() -> UInt32 { UInt32(byte() & 15) }

    private mutating func text() -> [UInt8] {
        let count = Int(byte() & 127)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        let head = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
        return head + (0..<4).reversed().map { UInt8(stream >> ($0 * 8) & 255) } + payload
    }

    /// A literal field without indexing (RFC 7541, 6.2.2), in plain bytes.
    static func field(_ name: String, _ value: [UInt8]) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(min(value.count, 126))] + value.prefix(126)
    }
}
