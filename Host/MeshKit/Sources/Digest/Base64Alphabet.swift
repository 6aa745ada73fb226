/// One of the two alphabets of RFC 4648, and the work that both share.
struct Base64Alphabet: Sendable {
    /// Section 4.
    static let standard = Base64Alphabet(last: "+/")
    /// Section 5.
    static let url = Base64Alphabet(last: "-_")

    private let characters: [UInt8]
    /// 0 to 63, or 255 for what is not in the alphabet.
    private let values: [UInt8]

    private init(last: String) {
        characters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    /// Writes without padding.
    func append(_ bytes: some Collection<UInt8>, to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            (pending, bits) = (pending << 8 | UInt32(byte), bits + 8)
            while bits >= 6 {
                bits -= 6
                text.append(characters[Int(pending >> bits & 63)])
            }
        }
        if bits > 0 { text.append(characters[Int(pending << (6 - bits) & 63)]) }
    }

    /// Reads what has no padding; nil for other characters, a length that no encoder gives, or bits left over that are not
    /// zero: two texts never stand for the same bytes.
    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for character in text {
            let value = values[Int(character)]
            guard value != 255 else { return nil }
            (pending, bits) = (pending << 6 | UInt32(value), bits + 6)
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
        }
        guard pending & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}
