internal import CSystemHiredis

/// Cuts a stream of bytes into replies: hiredis' reader with functions that build Swift values directly, so that no
/// tree of C objects is made and copied. Owns the `redisReader`. Loop only.
///
/// Large values go past hiredis, which would gather each in a buffer that it moves as it grows, and then hand it over for
/// one copy more: their bytes go straight into the value, and hiredis is told of an empty one.
///
/// hiredis 0.14 reads RESP2 and arrays nested up to seven deep; deeper ones end the connection.
final class RESPReader {
    /// Bytes are given to hiredis in pieces of this size: it moves what is left to the front after each kilobyte it has
    /// read, which is cheap only while little is left.
    static let piece = 4096
    /// Longest line of the server itself: a status, an error, a number, the head of a value.
    private static let longestLine = 64 << 10

    /// Longest text of a length.
    private static let longestLength = 32
    /// Values of so many bytes and more go past hiredis. More than two pieces: what hiredis has of one is never all of it.
    private static let largeValue = 16 << 10

    private let reader: UnsafeMutablePointer<redisReader>
    private let builder: ReplyBuilder
    private let limit: Int
    /// The large value that is being read, and how many bytes it will have.
    private var large: (bytes: [UInt8], count: Int)?

    /// - Parameter limit: bytes of one reply; see `ValkeyConfiguration.maximumReply`.
    init(limit: Int) {
        self.limit = limit
        builder = ReplyBuilder(limit: limit)
        guard let reader = redisReaderCreateWithFunctions(RESPCallbacks.functions) else {
            preconditionFailure("hiredis has no memory for a reader")
        }
        self.reader = reader
        // Not retained: the builder lives as long as this object, which frees the reader.
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
    }

    /// How many items have been read in all, nested ones included: a measure of work.
    var items: Int { builder.items }

    /// Whether the next bytes are a large value's, which are only copied.
    var isWithinLargeValue: Bool { large != nil }

    /// Takes bytes from the front of `bytes`: `piece` of them, or all that a large value still needs. Ask for the `next`
    /// replies before more is fed.
    /// - Returns: how many were taken.
    /// - Throws: `ValkeyError` with code `protocolViolation`; the reader is of no use afterwards.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(ValkeyError) -> Int {
        guard large == nil else { return try feedLarge(bytes) }
        let count = min(bytes.count, Self.piece)
        guard redisReaderFeed(reader, bytes.baseAddress, count) == REDIS_OK else { throw failure() }
        return count
    }

    private func feedLarge(_ bytes: UnsafeRawBufferPointer) throws(ValkeyError) -> Int {
        guard let missing = large.map({ $0.count - $0.bytes.count }) else { return 0 }
        let count = min(missing, bytes.count)
        large?.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        guard count == missing, let value = large?.bytes else { return count }
        large = nil
        builder.substitute(value)
        guard redisReaderFeed(reader, "0\r\n", 3) == REDIS_OK else { throw failure() }
        return count
    }

    /// The next complete reply. Nil if more bytes are needed.
    /// - Throws: `ValkeyError` with code `protocolViolation` or `tooLarge`; the reader is of no use afterwards.
    func next() throws(ValkeyError) -> ValkeyReply? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw failure() }
        if object != nil { return builder.take() }
        try checkPartial()
        return nil
    }

    /// Bounds what the reader holds of an item that is not complete: hiredis itself would wait for ever.
    private func checkPartial() throws(ValkeyError) {
        let waiting = reader.pointee.len - reader.pointee.pos
        guard waiting > 0 else { return }
        guard mesh_hiredis_partial_type(reader) == REDIS_REPLY_STRING else {
            guard waiting <= Self.longestLine else {
                throw ValkeyError(.protocolViolation, "the server sends a line without an end", mayHaveExecuted: true)
            }
            return
        }
        // The head of a value, behind its `$`: refused by what it promises, before that has come.
        guard let start = reader.pointee.buf.map({ $0 + reader.pointee.pos }) else { return }
        let head = UnsafeRawBufferPointer(start: start, count: min(waiting, Self.longestLength))
        guard let end = head.firstIndex(of: 0x0D) else {
            guard waiting < Self.longestLength else {
                throw ValkeyError(.protocolViolation, "the server sends no length", mayHaveExecuted: true)
            }
            return
        }
        // Nothing at all here is nonsense that hiredis refuses itself.
        guard let promised = Int(String(decoding: head[..<end], as: UTF8.self)) else { return }
        guard !builder.exceeds(max(promised, waiting - end)) else { throw tooLarge }
        let first = end + 2
        guard promised >= Self.largeValue, waiting >= first, waiting - first < promised, start[end + 1] == 0x0A else {
            return
        }
        // Room for all of it, which costs nothing before it is used.
        var value: [UInt8] = []
        value.reserveCapacity(promised)
        value.append(contentsOf: UnsafeRawBufferPointer(start: start + first, count: waiting - first))
        large = (value, promised)
        mesh_hiredis_forget_rest(reader)
    }

    private func failure() -> ValkeyError {
        if builder.isExceeded { return tooLarge }
        let text = withUnsafeBytes(of: &reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return ValkeyError(.protocolViolation, "the server does not speak RESP2: \(text)", mayHaveExecuted: true)
    }

    private var tooLarge: ValkeyError {
        ValkeyError(.tooLarge, "a reply exceeds \(limit) bytes", mayHaveExecuted: true)
    }
}
