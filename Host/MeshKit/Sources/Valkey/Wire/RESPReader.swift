internal import CSystemHiredis

/// Cuts a stream of bytes into replies: hiredis' reader with functions that build Swift values directly, so that no
/// tree of C objects is made and copied. Owns the `redisReader`. Loop only.
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

    private let reader: UnsafeMutablePointer<redisReader>
    private let builder: ReplyBuilder
    private let limit: Int

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

    /// Takes bytes, at most `piece` of them.
    /// - Throws: `ValkeyError` with code `protocolViolation`; the reader is of no use afterwards.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(ValkeyError) {
        guard redisReaderFeed(reader, bytes.baseAddress, bytes.count) == REDIS_OK else { throw failure() }
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
