internal import Observe

/// Something that says itself in JSON. Generated for each message that the public API answers with.
public protocol JSONWritable {
    /// Appends itself, as one value.
    func writeJSON(to json: inout JSONWriter)
}

/// Writes JSON (RFC 8259) into bytes; puts the commas itself.
public struct JSONWriter {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Nothing written yet.
    public init() {
        bytes.reserveCapacity(512)
    }

    /// One value as bytes.
    public static func bytes(_ value: some JSONWritable) -> [UInt8] {
        var writer = JSONWriter()
        value.writeJSON(to: &writer)
        return writer.bytes
    }

    /// `{`, the members that `body` writes, `}`.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        open("{")
        body(&self)
        close("}")
    }

    /// `[`, the values that `body` writes, `]`.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        open("[")
        body(&self)
        close("]")
    }

    /// The name of the member whose value is written next.
    public mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { name in
            // In one piece: half of the bytes of an answer are names.
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.count + 4) { space in
                var count = 0
                func put(_ byte: UInt8) {
                    space.initializeElement(at: count, to: byte)
                    count += 1
                }
                if needsComma { put(UInt8(ascii: ",")) }
                put(UInt8(ascii: "\""))
                _ = space[count...].initialize(fromContentsOf: name)
                count += name.count
                put(UInt8(ascii: "\""))
                put(UInt8(ascii: ":"))
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: space[..<count]))
            }
        }
        needsComma = false
    }

    /// Text.
    public mutating func string(_ text: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { all in
            var plain = all.startIndex
            for index in all.indices where all[index] < 0x20 || all[index] == 0x22 || all[index] == 0x5c {
                bytes.append(contentsOf: all[plain..<index])
                escape(all[index])
                plain = index + 1
            }
            bytes.append(contentsOf: all[plain...])
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A whole number. Readers that keep numbers as doubles lose what is above 2^53.
    public mutating func number(_ value: some FixedWidthInteger) {
        raw(String(value))
    }

    /// A number; null for what JSON has no number for.
    public mutating func number(_ value: Double) {
        raw(value.isFinite ? "\(value)" : "null")
    }

    /// `true` or `false`.
    public mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// `null`.
    public mutating func null() {
        raw("null")
    }

    /// A moment as RFC 3339 in UTC, with as many digits of the second as it needs.
    public mutating func timestamp(seconds: Int64, nanos: Int32) {
        let digits = nanos == 0 ? 0 : nanos % 1_000_000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9
        comma()
        bytes.append(UInt8(ascii: "\""))
        WallTime(secondsSinceEpoch: seconds, nanoseconds: Int64(nanos)).appendRFC3339(to: &bytes, digits: digits)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func raw(_ text: String) {
        comma()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        comma()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: bytes.append(contentsOf: "\\\"".utf8)
        case 0x5c: bytes.append(contentsOf: "\\\\".utf8)
        case 0x0a: bytes.append(contentsOf: "\\n".utf8)
        case 0x0d: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}
