/// Where values write themselves in the server's binary format (big-endian).
public struct PostgresBuffer: Sendable {
    /// So many bytes need no array.
    private static let smallBytes = 16

    /// The first bytes, in place: most statements have few, and an array for them costs more than all the rest of sending.
    private var small = InlineArray<16, UInt8>(repeating: 0)
    private var smallCount: UInt8 = 0
    /// All bytes, once they are more.
    private var large: [UInt8] = []

    init() {}

    /// How many bytes there are.
    var count: Int { large.isEmpty ? Int(smallCount) : large.count }

    /// All bytes.
    var bytes: [UInt8] { large.isEmpty ? withBytes { Array($0) } : large }

    /// Lends all bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard large.isEmpty else { return large.withUnsafeBytes(body) }
        return withUnsafeBytes(of: small) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(smallCount)])) }
    }

    /// Makes room for so many bytes more.
    mutating func reserve(_ count: Int) {
        if self.count + count > Self.smallBytes { large.reserveCapacity(self.count + count) }
    }

    /// Appends an integer, highest byte first.
    public mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { append($0) }
    }

    /// Appends bytes as they are.
    public mutating func append(bytes more: some Sequence<UInt8>) {
        guard more.withContiguousStorageIfAvailable({ append(UnsafeRawBufferPointer($0)) }) == nil else { return }
        leaveSmall()
        large.append(contentsOf: more)
    }

    /// Appends what `body` writes behind its length in four bytes; -1 and nothing when `isNull`.
    mutating func appendSized(isNull: Bool, _ body: (inout PostgresBuffer) -> Void) {
        guard !isNull else { return append(Int32(-1)) }
        let start = count
        append(Int32(0))
        body(&self)
        let length = UInt32(count - start - 4).bigEndian
        if large.isEmpty {
            withUnsafeMutableBytes(of: &small) { $0.storeBytes(of: length, toByteOffset: start, as: UInt32.self) }
        } else {
            large.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: UInt32.self) }
        }
    }

    private mutating func append(_ more: UnsafeRawBufferPointer) {
        let count = Int(smallCount)
        guard large.isEmpty, more.count <= Self.smallBytes - count else {
            leaveSmall()
            return large.append(contentsOf: more)
        }
        withUnsafeMutableBytes(of: &small) {
            UnsafeMutableRawBufferPointer(rebasing: $0[count...]).copyMemory(from: more)
        }
        smallCount += UInt8(more.count)
    }

    /// Goes on with the array.
    private mutating func leaveSmall() {
        guard smallCount > 0 else { return }
        withUnsafeBytes(of: small) { large.append(contentsOf: $0[..<Int(smallCount)]) }
        smallCount = 0
    }
}
