/// Bytes that never change and stay where they are, so that any number of connections send them without a copy each.
///
/// Safe: the memory is written in `init` alone, and lives as long as the object.
public final class SharedBytes: @unchecked Sendable {
    /// The bytes; valid as long as the object is.
    public let bytes: UnsafeRawBufferPointer

    /// Keeps a copy of `content`.
    public init(_ content: [UInt8]) {
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 16)
        space.copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(space)
    }

    deinit {
        bytes.deallocate()
    }

    /// How many there are.
    public var count: Int { bytes.count }
}
