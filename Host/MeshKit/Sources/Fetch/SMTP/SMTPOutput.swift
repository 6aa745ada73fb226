/// What is to be sent to a mail server, in the pieces in which it came; each is freed once it has been sent. A value without
/// I/O.
struct SMTPOutput {
    /// At most so much at a time, so that a large mail does not hold the loop.
    private static let partBytes = 128 << 10

    private var pieces: [[UInt8]] = []
    /// The piece that comes next, and how much of it has been sent.
    private var first = 0
    private var sentOfFirst = 0

    var isEmpty: Bool { pieces.isEmpty }

    /// Adds what is to be sent last.
    mutating func append(_ bytes: [UInt8]) {
        if !bytes.isEmpty { pieces.append(bytes) }
    }

    /// Lends what is to be sent next, valid in `body` only. Only when not empty.
    func withNext<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        pieces[first].withUnsafeBytes { bytes in
            let end = min(bytes.count, sentOfFirst + Self.partBytes)
            return body(UnsafeRawBufferPointer(rebasing: bytes[sentOfFirst..<end]))
        }
    }

    /// So many bytes of it have been sent.
    mutating func sent(_ count: Int) {
        sentOfFirst += count
        guard sentOfFirst == pieces[first].count else { return }
        pieces[first] = []
        (first, sentOfFirst) = (first + 1, 0)
        if first == pieces.count { self = SMTPOutput() }
    }
}
