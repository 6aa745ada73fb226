internal import CLazyLibraries
internal import CSystemZ

/// Undoes gzip (RFC 1952), zlib (RFC 1950) or raw deflate (RFC 1951), one step at a time; without buffers of its own.
/// Owns a `z_stream`. For one thread at a time.
package final class Inflater {
    /// What is around the deflated bytes.
    package enum Form: Sendable {
        case gzip, zlib, raw
    }

    /// What one step came to.
    package struct Step {
        /// Bytes of input taken.
        package let read: Int
        /// Bytes of space filled.
        package let wrote: Int
        /// Nothing could be done: more input or space is needed.
        package let isStuck: Bool
        /// The end of the stream, or of a member of gzip, has come.
        package let isEnd: Bool
    }

    // zlib keeps the address of its stream, and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Throws: when zlib or memory is missing.
    package init(_ form: Form) throws(DeflateError) {
        if let problem = Self.problem { throw .missing(problem) }
        let bits: Int32 =
            switch form {
            case .gzip: 31
            case .zlib: 15
            case .raw: -15
            }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard mesh_inflate_init(stream, bits) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Why nothing can be inflated or deflated in this process; nil where zlib is there. Opens it the first time.
    package static var problem: String? { mesh_lazy_z().map { String(cString: $0) } }

    /// Forgets what it was doing: the next bytes begin a stream.
    package func reset() throws(DeflateError) {
        guard inflateReset(stream) == Z_OK else { throw .damaged }
    }

    /// Takes some input and fills some space.
    package func step(
        _ input: UnsafeRawBufferPointer,
        into space: UnsafeMutableRawBufferPointer
    ) throws(DeflateError) -> Step {
        // zlib takes a pointer that may be written through, and does not.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(clamping: space.count)
        let code = inflate(stream, Z_NO_FLUSH)
        let read = Int(UInt32(clamping: input.count) - stream.pointee.avail_in)
        let wrote = Int(UInt32(clamping: space.count) - stream.pointee.avail_out)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        switch code {
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR:
            return Step(read: read, wrote: wrote, isStuck: code == Z_BUF_ERROR, isEnd: code == Z_STREAM_END)
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw .damaged
        }
    }
}
