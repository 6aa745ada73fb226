/// A frame of HTTP/2 as it came.
struct RawFrame: Equatable {
    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var body: [UInt8] = []

    /// Of RST_STREAM the code, of GOAWAY the last stream.
    var number: UInt32 { body.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goaway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
}

extension RawClient {
    func send(_ frame: RawFrame) {
        let length = UInt32(frame.body.count)
        var bytes: [UInt8] = [UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8)]
        bytes += [UInt8(truncatingIfNeeded: length), frame.type, frame.flags]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: frame.stream >> (24 - 8 * $0)) }
        send(bytes + frame.body)
    }

    /// The preface, SETTINGS with the window of streams, and the answer to the server's.
    func beginHTTP2(window: UInt32 = 65535) {
        send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        let number = (0..<4).map { UInt8(truncatingIfNeeded: window >> (24 - 8 * $0)) }
        send(RawFrame(type: RawFrame.settings, body: [0, 4] + number))
        send(RawFrame(type: RawFrame.settings, flags: 1))
    }

    /// GET on a stream, in fields that are in no table.
    func get(_ path: String, on stream: UInt32) {
        var block: [UInt8] = []
        for (name, value) in [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", path)] {
            block += [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
        }
        send(RawFrame(type: RawFrame.headers, flags: 5, stream: stream, body: block))
    }

    func openWindow(_ stream: UInt32, _ increment: UInt32) {
        let number = (0..<4).map { UInt8(truncatingIfNeeded: increment >> (24 - 8 * $0)) }
        send(RawFrame(type: RawFrame.windowUpdate, stream: stream, body: number))
    }

    /// The next frame that is of none of the `except` types.
    func frame(except: UInt8...) throws -> RawFrame {
        while true {
            let head = try take(9)
            let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
            let stream = head[5...].reduce(0) { $0 << 8 | UInt32($1) }
            let frame = RawFrame(type: head[3], flags: head[4], stream: stream, body: try take(length))
            if !except.contains(frame.type) { return frame }
        }
    }
}
