import Observe

/// How a record stands in the store: a version, numbers of 8 bytes with the highest first, flags, hashes, then two
/// texts with their lengths. Scripts read `lastSeen` and write `epoch` in place, so those offsets are fixed.
extension SessionRecord {
    /// Where `lastSeen` is.
    static let lastSeenOffset = 1
    /// Where `epoch` is.
    static let epochOffset = 41
    private static let version: UInt8 = 1
    private static let fixedBytes = 50 + 32 + 32 + 8 + 16

    /// The bytes.
    var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(Self.fixedBytes + 4 + address.utf8.count + agent.utf8.count)
        for time in [lastSeen, created, expires, authenticated, rotated] { bytes.append(number: time.milliseconds) }
        bytes.append(number: Int(epoch))
        bytes.append((isRemembered ? 1 : 0) | (isEmailVerified ? 2 : 0))
        bytes += tokenHash
        bytes += previousHash
        bytes.append(number: previousUntil.milliseconds)
        bytes += csrf
        for text in [address, agent] {
            let utf8 = Array(text.utf8.prefix(1024))
            bytes.append(UInt8(utf8.count >> 8))
            bytes.append(UInt8(utf8.count & 255))
            bytes += utf8
        }
        return bytes
    }

    /// Reads what `encoded` wrote; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.fixedBytes + 4, bytes[0] == Self.version else { return nil }
        func number(_ offset: Int) -> Int {
            bytes.withUnsafeBytes { Int(Int64(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int64.self))) }
        }
        func time(_ offset: Int) -> WallTime { WallTime(milliseconds: number(offset)) }
        lastSeen = time(1)
        created = time(9)
        expires = time(17)
        authenticated = time(25)
        rotated = time(33)
        epoch = Int64(number(Self.epochOffset))
        isRemembered = bytes[49] & 1 != 0
        isEmailVerified = bytes[49] & 2 != 0
        tokenHash = Array(bytes[50..<82])
        previousHash = Array(bytes[82..<114])
        previousUntil = time(114)
        csrf = Array(bytes[122..<138])
        var rest = bytes[138...]
        guard let address = Self.text(&rest), let agent = Self.text(&rest), rest.isEmpty else { return nil }
        self.address = address
        self.agent = agent
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.count >= 2 else { return nil }
        let count = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
        rest = rest.dropFirst(2)
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return String(decoding: rest.prefix(count), as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends 8 bytes, the highest first.
    mutating func append(number: Int) {
        for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
