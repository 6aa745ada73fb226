/// Lower-case hexadecimal, without Foundation.
enum HexDigits {
    /// All 16 digits of `value`.
    static func text(_ value: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { space in
            write(value, 16, to: space, at: 0)
            return 16
        }
    }

    /// The last `count` digits of `value`, written at `offset`.
    static func write(_ value: UInt64, _ count: Int, to space: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
        for position in 0..<count {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * (count - 1 - position))) & 0xF
            space[offset + position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }
}

/// Takes fields of fixed width off a text.
struct HexReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly `count` lower-case digits; nil if something else stands there.
    mutating func hex(_ count: Int) -> UInt64? {
        var value: UInt64 = 0
        for _ in 0..<count {
            switch rest.popFirst() {
            case .some(let byte) where (0x30...0x39).contains(byte): value = value << 4 | UInt64(byte - 0x30)
            case .some(let byte) where (0x61...0x66).contains(byte): value = value << 4 | UInt64(byte - 0x57)
            default: return nil
            }
        }
        return value
    }

    mutating func dash() -> Bool { rest.popFirst() == UInt8(ascii: "-") }
}
