/// Makes what a server may send of bytes that choose among it: answers of gRPC, whole and broken, and frames that a client
/// hears of its connection.
struct AnswerScript {
    private var rest: ArraySlice<UInt8>

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
        case 0, 1: return headers(flags, head(flags))
        case 2, 3: return headers(flags | 1, trailers(flags))
        case 4: return headers(flags | 1, head(flags) + trailers(flags))
        case 5...7:
            let message = text()
            let length = flags & 4 == 0 ? UInt8(message.count) : byte()
            return FrameScript.frame(0, flags & 1, stream(), [flags & 2 == 0 ? 0 : byte(), 0, 0, 0, length] + message)
        case 8: return FrameScript.frame(3, 0, stream(), [0, 0, 0, byte() & 15])
        case 9: return FrameScript.frame(4, flags & 1, 0, flags & 1 == 1 ? [] : [0, byte() & 7, 0, 0, byte(), byte()])
        case 10: return FrameScript.frame(6, flags & 1, 0, Array(repeating: byte(), count: 8))
        case 11: return FrameScript.frame(8, 0, flags & 1 == 1 ? 0 : stream(), [byte() & 0x7f, 0, 0, byte()])
        case 12: return FrameScript.frame(7, 0, 0, [0, 0, 0, byte(), 0, 0, 0, byte()] + text())
        case 13: return FrameScript.frame(5, 4, stream(), [0, 0, 0, byte()] + head(flags))
        case 14: return FrameScript.frame(9, 4, stream(), trailers(flags))
        default: return FrameScript.frame(byte(), byte(), stream(), text())
        }
    }

    /// In one frame, or two.
    private mutating func headers(_ flags: UInt8, _ block: [UInt8]) -> [UInt8] {
        let stream = stream()
        guard flags & 8 == 8, block.count > 10 else { return FrameScript.frame(1, 4 | flags & 1, stream, block) }
        return FrameScript.frame(1, flags & 1, stream, Array(block.prefix(10)))
            + FrameScript.frame(9, 4, stream, Array(block.dropFirst(10)))
    }

    private mutating func head(_ flags: UInt8) -> [UInt8] {
        let choice = byte()
        let statuses = ["200", "200", "200", "100", "103", "404", "503", "x"]
        var block = FrameScript.field(":status", Array(statuses[Int(choice & 7)].utf8))
        let types = ["application/grpc", "application/grpc+proto", "text/html", ""]
        block += FrameScript.field("content-type", Array(types[Int(choice >> 3 & 3)].utf8))
        let encodings = ["gzip", "identity", "br"]
        if choice & 0x60 != 0 {
            block += FrameScript.field("grpc-encoding", Array(encodings[Int(choice >> 5 & 3) - 1].utf8))
        }
        if flags & 4 == 4 { block += FrameScript.field("k-bin", text()) }
        return block
    }

    private mutating func trailers(_ flags: UInt8) -> [UInt8] {
        let choice = byte()
        var block: [UInt8] = []
        if choice & 1 == 0 { block += FrameScript.field("grpc-status", Array(String(byte() & 31).utf8)) }
        if choice & 2 == 2 { block += FrameScript.field("grpc-message", text()) }
        if choice & 4 == 4 { block += FrameScript.field("grpc-status-details-bin", text()) }
        if choice & 8 == 8 { block += FrameScript.field("grpc-retry-pushback-ms", text()) }
        if choice & 16 == 16 { block += FrameScript.field("grpc-status", text()) }
        if choice & 32 == 32 { block += FrameScript.field("x-some", text()) }
        return block
    }

    private mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Mostly those that the client has opened.
    private mutating func stream() -> UInt32 {
        let choice = byte()
        return choice & 0x80 == 0 ? UInt32(choice & 3) * 2 + 1 : UInt32(choice & 15)
    }

    private mutating func text() -> [UInt8] {
        let count = Int(byte() & 127)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
