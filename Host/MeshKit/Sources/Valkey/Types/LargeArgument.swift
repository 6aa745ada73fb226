/// An argument that is not copied into its command but kept where the caller has it, until it is sent: to copy megabytes
/// would hold the loop.
enum LargeArgument: Sendable {
    case bytes(ArraySlice<UInt8>)
    case text(Substring)

    /// Arguments of so many bytes and more are kept.
    static let threshold = 64 << 10

    /// How many bytes it has.
    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .text(let text): text.utf8.count
        }
    }

    /// Lends the bytes in `range`, counted from 0.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        case .text(let text):
            let lent = text.utf8.withContiguousStorageIfAvailable {
                body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[range]))
            }
            // Swift's own texts are always contiguous; only bridged ones, which there are none of on Linux, are not.
            return lent ?? Array(text.utf8.dropFirst(range.lowerBound).prefix(range.count)).withUnsafeBytes(body)
        }
    }
}
