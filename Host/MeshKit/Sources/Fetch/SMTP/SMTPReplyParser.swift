/// Reads a server's answers line by line (RFC 5321 §4.2, RFC 2034). A value without I/O; bounded, whatever comes.
struct SMTPReplyParser {
    /// RFC 5321 §4.5.3.1.5 asks for 512; servers that explain themselves send more.
    static let maximumLine = 2048
    static let maximumReply = 64 << 10

    private var line: [UInt8] = []
    private var code = 0
    private var enhanced: EnhancedStatus?
    private var lines: [String] = []
    private var bytes = 0

    /// Whether an answer has begun and is not complete.
    var isMidway: Bool { !line.isEmpty || !lines.isEmpty }

    /// Takes bytes as they come.
    /// - Returns: the answers that are complete.
    /// - Throws: `protocolViolation`.
    mutating func feed(_ input: UnsafeRawBufferPointer) throws(FetchError) -> [SMTPReply] {
        var replies: [SMTPReply] = []
        for byte in input {
            guard byte == 0x0a else {
                line.append(byte)
                guard line.count <= Self.maximumLine else {
                    throw FetchError(.protocolViolation, "a line of the mail server's answer is too long")
                }
                continue
            }
            if line.last == 0x0d { line.removeLast() }
            if let reply = try take() { replies.append(reply) }
            line.removeAll(keepingCapacity: true)
        }
        return replies
    }

    private mutating func take() throws(FetchError) -> SMTPReply? {
        bytes += line.count
        guard bytes <= Self.maximumReply else {
            throw FetchError(.protocolViolation, "the mail server's answer is too long")
        }
        guard line.count >= 3, line[..<3].allSatisfy({ (0x30...0x39).contains($0) }), line[0] >= 0x32, line[0] <= 0x35,
            line.count == 3 || line[3] == 0x20 || line[3] == 0x2d
        else { throw FetchError(.protocolViolation, "the mail server's answer has no code") }
        let code = line[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard lines.isEmpty || code == self.code else {
            throw FetchError(.protocolViolation, "the lines of the mail server's answer have different codes")
        }
        self.code = code
        // Texts go to logs: what could move a cursor there does not belong in them.
        var text = String(decoding: line.dropFirst(4).map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
        let word = text.prefix { $0 != " " }
        if let status = EnhancedStatus(word), status.category == code / 100 {
            if enhanced == nil { enhanced = status }
            text = String(text.dropFirst(word.count).drop { $0 == " " })
        }
        lines.append(text)
        guard line.count == 3 || line[3] == 0x20 else { return nil }
        defer {
            lines = []
            enhanced = nil
            bytes = 0
        }
        return SMTPReply(code: code, enhanced: enhanced, lines: lines)
    }
}
