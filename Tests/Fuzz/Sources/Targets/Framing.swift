@testable import RPC

/// gRPC's framing: messages come out however the bytes are cut, and their frames are the bytes that went in.
func fuzzFraming(_ input: [UInt8]) {
    let pieces = Pieces(input)
    let atOnce = FramingResult([pieces.whole])
    same(atOnce, FramingResult(pieces.cut()), "at once, and in pieces")
    same(atOnce, FramingResult(pieces.bytes()), "at once, and byte by byte")
    let frames = atOnce.messages.flatMap { message in
        var frame = MessageDeframer.frame(message.bytes)
        frame[0] = message.isCompressed ? 1 : 0
        return frame
    }
    hold(pieces.whole.starts(with: frames), "the frames are what went in")
    hold(atOnce.messages.allSatisfy { $0.bytes.count <= FramingResult.limit }, "no message is over the limit")
    if atOnce.fault == nil {
        same(atOnce.partial, pieces.whole.count - frames.count, "bytes that wait")
    }
}

/// What a deframer makes of pieces.
private struct FramingResult: Equatable {
    struct Message: Equatable {
        let bytes: [UInt8]
        let isCompressed: Bool
    }

    static let limit = 1000

    var messages: [Message] = []
    var fault: MessageDeframer.Fault?
    var partial = 0

    init(_ pieces: [[UInt8]]) {
        var deframer = MessageDeframer(limit: Self.limit)
        deframer.acceptsCompressed = true
        for piece in pieces where fault == nil { fault = take(piece, &deframer) }
        // A deframer that has refused is not used again.
        if fault == nil { partial = deframer.partialBytes }
    }

    private mutating func take(_ piece: [UInt8], _ deframer: inout MessageDeframer) -> MessageDeframer.Fault? {
        piece.withUnsafeBytes { bytes in
            do throws(MessageDeframer.Fault) {
                try deframer.append(bytes) { messages.append(Message(bytes: $0, isCompressed: $1)) }
                return nil
            } catch {
                return error
            }
        }
    }
}
