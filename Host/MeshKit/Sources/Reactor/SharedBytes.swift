/// Bytes that never change and stay where they are, so that any number of connections send them without a copy each: large
/// ones from a file of memory, which even the kernel does not copy.
///
/// Safe: the memory is written in `init` alone, and lives as long as the object.
public final class SharedBytes: @unchecked Sendable {
    /// Less is copied sooner than it is sent from a file, which takes a call of its own.
    static let leastInFile = 24 << 10

    /// The bytes; valid as long as the object is.
    public let bytes: UnsafeRawBufferPointer
    private let file: MemoryFile?

    /// Keeps a copy of `content`.
    public init(_ content: [UInt8]) {
        file = content.count >= Self.leastInFile ? MemoryFile(content) : nil
        if let file {
            bytes = file.bytes
        } else {
            let space = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 16)
            space.copyBytes(from: content)
            bytes = UnsafeRawBufferPointer(space)
        }
    }

    deinit {
        if file == nil { bytes.deallocate() }
    }

    /// How many there are.
    public var count: Int { bytes.count }

    /// The file that has them, if there is one; open as long as the object lives.
    var descriptor: Int32? { file?.descriptor }
}
