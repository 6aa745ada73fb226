/// One message and who gets it: the envelope and the finished text (RFC 5322), header and body.
public struct SMTPMessage: Sendable {
    /// Where failures go; nil for `<>`, from which no failure comes back.
    public var sender: String?
    /// Who gets it, at least one.
    public var recipients: [String]
    /// The message: lines of at most 998 bytes, each ended by CR LF. Dots are doubled on the way.
    public var content: [UInt8]
    /// Whether it goes to those recipients that the server takes when it refuses others. Otherwise it goes to all or none.
    public var allowsPartialDelivery: Bool

    /// A message.
    public init(sender: String?, recipients: [String], content: [UInt8], allowsPartialDelivery: Bool = false) {
        self.sender = sender
        self.recipients = recipients
        self.content = content
        self.allowsPartialDelivery = allowsPartialDelivery
    }
}

extension SMTPMessage {
    /// What a server must offer for this message.
    struct Needs: Equatable {
        var is8Bit = false
        var isInternational = false
        /// The size as RFC 1870 counts it: without the doubled dots and the last line.
        var size = 0
        /// The content as DATA wants it, in pieces: one block for a large mail would be given back to the kernel when it is
        /// freed, which takes a loop 70 µs for each megabyte.
        var wire: [[UInt8]] = []
    }

    /// Looks at everything once, before anything is connected. Takes its time with a large message.
    ///
    /// - Throws: `invalidAddress`, `invalidMessage`.
    func check() throws(FetchError) -> Needs {
        guard !recipients.isEmpty else { throw FetchError(.invalidAddress, "the mail has no recipient") }
        var needs = Needs(size: content.count)
        for address in recipients + (sender.map { [$0] } ?? []) {
            try SMTPAddress.check(address)
            if SMTPAddress.isInternational(address) { needs.isInternational = true }
        }
        var length = 0
        var previous: UInt8 = 0
        for byte in content {
            defer { previous = byte }
            // A lone CR or LF is read as the end of a line by some: with a dot behind it, as the end of the message.
            guard (byte == 0x0a) == (previous == 0x0d) else { throw Self.invalid("a line does not end with CR LF") }
            guard byte != 0 else { throw Self.invalid("it has a zero byte") }
            if byte >= 0x80 { needs.is8Bit = true }
            length = byte == 0x0a ? 0 : length + 1
            guard length <= 999 else { throw Self.invalid("a line has more than 998 bytes") }
        }
        guard content.isEmpty || previous == 0x0a else { throw Self.invalid("its last line has no end") }
        needs.wire = stuffed()
        return needs
    }

    /// The content as DATA wants it: a dot at the start of a line is doubled, and a line with one dot ends it
    /// (RFC 5321 §4.5.2).
    func stuffed() -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var piece: [UInt8] = []
        piece.reserveCapacity(min(content.count + content.count / 64, Self.pieceBytes) + 3)
        var isStart = true
        for byte in content {
            if piece.count >= Self.pieceBytes {
                pieces.append(piece)
                piece = []
                piece.reserveCapacity(Self.pieceBytes + 3)
            }
            if isStart, byte == UInt8(ascii: ".") { piece.append(byte) }
            piece.append(byte)
            isStart = byte == 0x0a
        }
        piece.append(contentsOf: ".\r\n".utf8)
        return pieces + [piece]
    }

    private static let pieceBytes = 256 << 10

    private static func invalid(_ reason: String) -> FetchError {
        FetchError(.invalidMessage, "the mail cannot be sent: \(reason)")
    }
}
