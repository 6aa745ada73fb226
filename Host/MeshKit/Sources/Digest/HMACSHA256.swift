/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// The 32 bytes for a message under a key of any length.
    public static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? SHA256.hash(key) : key
        block.append(contentsOf: repeatElement(0, count: 64 - block.count))
        let inner = SHA256.hash(block.map { $0 ^ 0x36 } + message)
        return SHA256.hash(block.map { $0 ^ 0x5c } + inner)
    }

    /// The 32 bytes for several texts under a key. Each goes in with its length in front, so that no two lists give the
    /// same message.
    public static func code(_ parts: [String], key: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        for part in parts {
            let utf8 = Array(part.utf8)
            for shift in [24, 16, 8, 0] { message.append(UInt8(truncatingIfNeeded: utf8.count >> shift)) }
            message += utf8
        }
        return code(message, key: key)
    }
}
