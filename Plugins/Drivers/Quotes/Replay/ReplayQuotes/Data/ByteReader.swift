/// Takes the fields of the bar file off its bytes. See `replay_data.h` for the format.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(BarFileError) -> UInt8 {
        guard position < bytes.count else { throw BarFileError("it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: Int) throws(BarFileError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= bytes.count - position else { throw BarFileError("it ends too early") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func varint() throws(BarFileError) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 56, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(value) }
        }
        throw BarFileError("a number has more than 56 bits")
    }

    mutating func zigzag() throws(BarFileError) -> Int { Self.signed(try varint()) }

    mutating func text() throws(BarFileError) -> String {
        let raw = try take(try varint())
        return String(decoding: raw, as: UTF8.self)
    }

    static func signed(_ value: Int) -> Int { value & 1 == 0 ? value >> 1 : -(value >> 1) - 1 }
}

/// The bar file is not what `replay_data.h` says.
struct BarFileError: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "the bar file is damaged: \(what)" }
}
