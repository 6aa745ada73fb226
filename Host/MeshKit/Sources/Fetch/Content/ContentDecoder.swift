internal import CLazyLibraries
internal import CSystemZ

/// Undoes gzip or deflate, a slice at a time, so that nobody waits for what a few bytes may become. Owns a `z_stream`;
/// without I/O. For one thread at a time.
final class ContentDecoder {
    /// Bytes that may wait in it.
    static let inputBytes = 64 << 10
    /// Bytes of input that one slice takes at the most. Blocks may be so small that their tables cost more than their
    /// content; so it is not enough to bound the output.
    static let sliceInput = 4 << 10

    private enum Position {
        /// Before the first byte.
        case start
        /// Within a stream, or a member of gzip.
        case inside
        /// Behind one.
        case behind
    }

    private let coding: ContentCoding
    // zlib keeps the address of its stream, and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private var position = Position.start
    private var input: [UInt8] = []
    private var taken = 0
    /// Whether the last slice filled its space, so that more may come out without more going in.
    private var mayHoldMore = false

    /// - Throws: `internalError` when zlib or memory is missing.
    init(_ coding: ContentCoding) throws(FetchError) {
        if let problem = mesh_lazy_z() { throw FetchError(.internalError, String(cString: problem)) }
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if position != .start { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Whether `feed` may be called.
    var hasRoom: Bool { input.count - taken < Self.inputBytes }
    /// Whether all that was fed has come out.
    var isIdle: Bool { taken == input.count && !mayHoldMore }

    /// Takes coded bytes.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        if taken == input.count {
            input.removeAll(keepingCapacity: true)
            taken = 0
        } else if taken >= Self.inputBytes {
            input.removeSubrange(..<taken)
            taken = 0
        }
        input.append(contentsOf: bytes)
    }

    /// Decodes until `space` is full, `sliceInput` bytes are taken, or nothing is left.
    ///
    /// - Returns: how many bytes of `space` were filled; 0 does not mean that nothing is left: see `isIdle`.
    /// - Throws: `protocolViolation` for what is damaged, or follows the end; the decoder is of no use afterwards.
    func decode(into space: UnsafeMutableRawBufferPointer) throws(FetchError) -> Int {
        precondition(space.count > 0, "decoding needs space")
        var slice = min(input.count - taken, Self.sliceInput)
        var made = 0
        while made < space.count, slice > 0 || mayHoldMore {
            if position != .inside { try begin(input[taken]) }
            let (read, wrote, code) = inflateOnce(slice, UnsafeMutableRawBufferPointer(rebasing: space[made...]))
            taken += read
            slice -= read
            made += wrote
            mayHoldMore = made == space.count
            switch code {
            case Z_OK: break
            // No progress without more input or space.
            case Z_BUF_ERROR where slice == 0 || mayHoldMore: break
            case Z_STREAM_END:
                position = .behind
                mayHoldMore = false
            case Z_MEM_ERROR: throw FetchError(.internalError, "out of memory")
            default: throw damaged
            }
        }
        return made
    }

    /// Nothing more follows what was fed, and all of it has come out.
    ///
    /// - Throws: `protocolViolation` when something is missing: the content was cut.
    func end() throws(FetchError) {
        precondition(isIdle, "what was fed is decoded before the end")
        // No content at all is none, whatever its coding: the answer to HEAD, or an empty one.
        guard position != .inside else {
            throw FetchError(.protocolViolation, "the content ends before its coding does")
        }
    }

    private var damaged: FetchError { FetchError(.protocolViolation, "the content's coding is damaged") }

    /// Sets up for a stream whose first byte is `first`.
    private func begin(_ first: UInt8) throws(FetchError) {
        switch (position, coding) {
        case (.start, .gzip): try open(31)
        // The first byte of RFC 1950 says deflate with a window of at most 32 KB. In RFC 1951 the same bits are a stored
        // block with padding that is not zero, which nobody writes.
        case (.start, .deflate): try open(first & 0x0f == 8 && first >> 4 <= 7 ? 15 : -15)
        case (.behind, .gzip): guard inflateReset(stream) == Z_OK else { throw damaged }
        default: throw FetchError(.protocolViolation, "something follows the end of the content")
        }
        position = .inside
    }

    private func open(_ bits: Int32) throws(FetchError) {
        guard mesh_inflate_init(stream, bits) == Z_OK else { throw FetchError(.internalError, "out of memory") }
    }

    private func inflateOnce(
        _ count: Int,
        _ space: UnsafeMutableRawBufferPointer
    ) -> (read: Int, wrote: Int, code: Int32) {
        input.withUnsafeMutableBufferPointer { input in
            // zlib takes a pointer that may be written through, and does not.
            stream.pointee.next_in = input.baseAddress.map { $0 + taken }
            stream.pointee.avail_in = UInt32(count)
            stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: space.count)
            let code = inflate(stream, Z_NO_FLUSH)
            let read = count - Int(stream.pointee.avail_in)
            let wrote = Int(UInt32(clamping: space.count) - stream.pointee.avail_out)
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
            return (read, wrote, code)
        }
    }
}
