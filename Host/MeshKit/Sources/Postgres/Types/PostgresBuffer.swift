/// Where values write themselves in the server's binary format (big-endian).
public struct PostgresBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    init() {}

    /// Makes room for so many bytes more.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// Appends an integer, highest byte first.
    public mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    public mutating func append(bytes more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Appends what `body` writes behind its length in four bytes; -1 and nothing when `isNull`.
    mutating func appendSized(isNull: Bool, _ body: (inout PostgresBuffer) -> Void) {
        guard !isNull else { return append(Int32(-1)) }
        let start = bytes.count
        append(Int32(0))
        body(&self)
        let length = UInt32(bytes.count - start - 4)
        withUnsafeBytes(of: length.bigEndian) { source in
            for index in 0..<4 { bytes[start + index] = source[index] }
        }
    }
}
