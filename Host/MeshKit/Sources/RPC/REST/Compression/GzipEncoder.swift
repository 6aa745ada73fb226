internal import CLazyLibraries
internal import CSystemZ

/// Makes gzip (RFC 1952) of content at hand, a slice at a time, so that a loop is never held for long. Owns a
/// `z_stream`. For one task.
final class GzipEncoder {
    /// Bytes that one slice takes: a fraction of a millisecond.
    static let slice = 16 << 10
    /// Above it the time goes up faster than the size goes down.
    static let level: Int32 = 4
    /// For what is compressed once.
    static let bestLevel: Int32 = 9

    // zlib keeps the address of its stream, and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: [UInt8]
    private var taken = 0
    private var output: [UInt8] = []

    /// Nil where zlib or memory is missing: content is then sent as it is.
    init?(_ input: [UInt8], level: Int32 = GzipEncoder.level) {
        guard mesh_lazy_z() == nil else { return nil }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        self.input = input
        guard mesh_gzip_init(stream, level) == Z_OK else {
            stream.deallocate()
            return nil
        }
        // JSON halves at the least, else it is not worth while.
        output.reserveCapacity(input.count / 2)
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes one slice more.
    /// - Returns: all of the coded content once everything is taken; nil before.
    func step() -> [UInt8]? {
        let count = min(Self.slice, input.count - taken)
        let isLast = taken + count == input.count
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.slice) { space in
            input.withUnsafeBufferPointer { input in
                // zlib takes a pointer that may be written through, and does not.
                stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + taken) }
                stream.pointee.avail_in = UInt32(count)
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
        taken += count
        return isLast ? output : nil
    }
}
