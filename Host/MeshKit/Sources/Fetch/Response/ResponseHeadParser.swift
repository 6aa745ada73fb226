internal import HTTP

/// Reads the lines of a response's head as curl passes them on. A value without I/O.
struct ResponseHeadParser {
    /// A head that is complete.
    struct Head: Sendable {
        var status: Int
        var version: HTTPVersion
        var fields: HTTPFields
    }

    /// What a line brought.
    enum Event {
        case more
        case head(Head)
    }

    /// Bytes of all lines, interim responses included.
    static let maximumBytes = 64 << 10
    static let maximumFields = 256

    private var bytes = 0
    private var current: Head?
    private var isDone = false

    /// Takes one line with its end.
    ///
    /// - Throws: `headTooLarge`, `protocolViolation`.
    mutating func feed(_ line: UnsafeRawBufferPointer) throws(FetchError) -> Event {
        bytes += line.count
        guard bytes <= Self.maximumBytes else { throw FetchError(.headTooLarge, "the head has too many bytes") }
        // Fields behind the content.
        guard !isDone else { return .more }
        var text = line[...]
        while let last = text.last, last == 0x0a || last == 0x0d { text = text.dropLast() }
        guard !text.isEmpty else { return try complete() }
        guard current != nil else {
            current = try Self.statusLine(text)
            return .more
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else {
            throw FetchError(.protocolViolation, "a line of the head is no field")
        }
        let name = String(decoding: text[..<colon], as: UTF8.self)
        let value = text[text.index(after: colon)...].drop { $0 == 0x20 || $0 == 0x09 }
        current?.fields.append(name, String(decoding: Self.trimmed(value), as: UTF8.self))
        guard current?.fields.count ?? 0 <= Self.maximumFields else {
            throw FetchError(.headTooLarge, "the head has too many fields")
        }
        return .more
    }

    private mutating func complete() throws(FetchError) -> Event {
        guard let head = current else { throw FetchError(.protocolViolation, "the head has no status") }
        current = nil
        // Interim responses (100, 103) are not the answer.
        guard head.status >= 200 else { return .more }
        isDone = true
        return .head(head)
    }

    /// "HTTP/1.1 200 OK" or "HTTP/2 200".
    private static func statusLine(_ text: Slice<UnsafeRawBufferPointer>) throws(FetchError) -> Head {
        let parts = String(decoding: text, as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/"), let status = Int(parts[1]), (100..<600).contains(status)
        else { throw FetchError(.protocolViolation, "the answer does not begin with a status") }
        let version: HTTPVersion =
            switch parts[0] {
            case "HTTP/2", "HTTP/2.0": .http2
            case "HTTP/1.0": .http1_0
            default: .http1_1
            }
        return Head(status: status, version: version, fields: [:])
    }

    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var value = value
        while let last = value.last, last == 0x20 || last == 0x09 { value = value.dropLast() }
        return value
    }
}
