/// The name of a file below /assets/. A value.
enum AssetName {
    /// Whether a name holds a hash of its content, as `main-7KQ2M3XA.js`: then what has it never changes.
    static func isHashed(_ name: String) -> Bool {
        guard let dash = name.utf8.lastIndex(of: UInt8(ascii: "-")) else { return false }
        let hash = name.utf8[name.utf8.index(after: dash)...].prefix { $0 != UInt8(ascii: ".") }
        let isUpper = hash.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) }
        let isLower = hash.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        // A word such as "facade" is no hash.
        let hasDigit = hash.contains { (0x30...0x39).contains($0) }
        return hash.count >= 8 && (isUpper || isLower && hasDigit)
    }
}
