/// Base 64 in the standard alphabet (RFC 4648 section 4).
public enum Base64 {
    /// The text of bytes.
    /// - Parameter padded: with `=` to a multiple of four characters.
    public static func encode(_ bytes: some Collection<UInt8>, padded: Bool = true) -> String {
        var text: [UInt8] = []
        Base64Alphabet.standard.append(bytes, to: &text)
        while padded, text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text; nil for padding that does not fit, other characters, a length that no encoder gives, or bits
    /// left over that are not zero.
    /// - Parameter mayBePadded: false for text that is to have no padding; else it may have all of it or none.
    public static func decode(_ text: some Collection<UInt8>, mayBePadded: Bool = true) -> [UInt8]? {
        guard mayBePadded else { return Base64Alphabet.standard.decode(text) }
        var digits = Array(text)
        while digits.last == UInt8(ascii: "="), text.count - digits.count < 2 { digits.removeLast() }
        guard digits.count == text.count || text.count % 4 == 0 else { return nil }
        return Base64Alphabet.standard.decode(digits)
    }
}
