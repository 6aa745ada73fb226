/// base64url without padding (RFC 4648 section 5, RFC 7515 section 2), in its one canonical form.
public enum Base64URL {
    /// The text of bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of bytes.
    public static func append(_ bytes: some Collection<UInt8>, to text: inout [UInt8]) {
        Base64Alphabet.url.append(bytes, to: &text)
    }

    /// The bytes; nil for padding, other characters, an impossible length, or bits at the end that are not zero.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { Base64Alphabet.url.decode(text) }

    /// The bytes; nil as above.
    public static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

    /// The bytes of a text that must be so many; nil for any other, which is not read then.
    public static func decode(_ text: String, count: Int) -> [UInt8]? {
        guard text.utf8.count == (count * 4 + 2) / 3 else { return nil }
        return decode(text.utf8)
    }
}
