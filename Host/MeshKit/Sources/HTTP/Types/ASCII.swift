internal import Glibc

extension UInt8 {
    /// The byte with `A`…`Z` lowered.
    var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// Space or tab: what HTTP calls optional white space (RFC 9110 §5.6.3).
    var isSpaceOrTab: Bool { self == 0x20 || self == 0x09 }

    /// A character of a token (RFC 9110 §5.6.2).
    var isTokenCharacter: Bool {
        switch self {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: true  // a-z A-Z 0-9
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true  // ! #$%&' * + - . ^_` | ~
        default: false
        }
    }

    /// A byte a field value may hold: visible, space, tab, or obs-text (RFC 9110 §5.5).
    var isFieldValueByte: Bool { self >= 0x20 ? self != 0x7F : self == 0x09 }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}

extension String {
    /// The string with ASCII letters lowered; the same storage if there is nothing to lower.
    func loweredASCII() -> String {
        var text = self
        // A short string has no bytes to walk until they are lent.
        let isLowered = text.withUTF8 { bytes in !bytes.contains { $0 &- 0x41 < 26 } }
        return isLowered ? self : String(decoding: utf8.lazy.map(\.lowered), as: UTF8.self)
    }
}

extension UnsafeRawBufferPointer {
    /// The text that the bytes are; what is not UTF-8 is replaced.
    var text: String {
        // Bound, as the standard library looks for a conformance at run time otherwise.
        withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether every byte is right: all are looked at in any case, which processors do many at a time.
    @inline(__always)
    func all(_ isRight: (UInt8) -> Bool) -> Bool {
        var wrong: UInt8 = 0
        for byte in self { wrong |= isRight(byte) ? 0 : 1 }
        return wrong == 0
    }

    /// Where a byte comes first, found many bytes at a time.
    func place(of byte: UInt8) -> Int? {
        guard let start = baseAddress, let found = memchr(start, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - start
    }
}

extension BidirectionalCollection where Element == UInt8 {
    /// The part without spaces and tabs at either end.
    func trimmingSpaces() -> SubSequence {
        guard let first = firstIndex(where: { !$0.isSpaceOrTab }),
            let last = lastIndex(where: { !$0.isSpaceOrTab })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
