internal import CLazyLibraries
internal import CSystemZ

/// Makes gzip (RFC 1952), a piece at a time. Owns a `z_stream`, which has 256 KB. For one thread at a time.
package final class Deflater {
    /// Above it the time goes up faster than the size goes down.
    package static let level: Int32 = 4
    /// Bytes of input that one step should have at the most, so that a loop is held for a fraction of a millisecond.
    package static let slice = 16 << 10

    // zlib keeps the address of its stream, and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>
    /// What comes out, before it is added to the output.
    private let space: UnsafeMutableBufferPointer<UInt8>

    /// Nil where zlib or memory is missing.
    package init?(level: Int32 = Deflater.level) {
        guard mesh_lazy_z() == nil else { return nil }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        space = .allocate(capacity: Self.slice)
        guard mesh_gzip_init(stream, level) == Z_OK else {
            stream.deallocate()
            space.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        space.deallocate()
    }

    /// Forgets what it was doing: the next bytes begin a stream.
    package func reset() {
        let code = deflateReset(stream)
        precondition(code == Z_OK, "the stream is ours alone")
    }

    /// Takes all of a piece and adds what comes of it; `isLast` ends the stream.
    package func step(_ input: UnsafeRawBufferPointer, isLast: Bool, into output: inout [UInt8]) {
        // zlib takes a pointer that may be written through, and does not.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        repeat {
            stream.pointee.next_out = space.baseAddress
            stream.pointee.avail_out = UInt32(space.count)
            let code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            precondition(code != Z_STREAM_ERROR, "the stream is ours alone")
            output.append(contentsOf: space[..<(space.count - Int(stream.pointee.avail_out))])
        } while stream.pointee.avail_out == 0
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
    }
}
