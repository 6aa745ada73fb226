/// A universally unique identifier (RFC 9562): 128 bits, compared as a number.
public struct PostgresUUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first eight bytes.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// An identifier by its bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random one (version 4).
    public static func random() -> PostgresUUID {
        var generator = SystemRandomNumberGenerator()
        return PostgresUUID(
            high: generator.next() & ~0xF000 | 0x4000,
            low: generator.next() & ~(0b11 << 62) | 0b10 << 62
        )
    }

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in either case; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        var halves: (UInt64, UInt64) = (0, 0)
        var position = 0
        for byte in text.utf8 {
            if [8, 13, 18, 23].contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                let digit: UInt8
                switch byte {
                case 0x30...0x39: digit = byte - 0x30
                case 0x61...0x66: digit = byte - 0x61 + 10
                case 0x41...0x46: digit = byte - 0x41 + 10
                default: return nil
                }
                if position < 18 {
                    halves.0 = halves.0 << 4 | UInt64(digit)
                } else {
                    halves.1 = halves.1 << 4 | UInt64(digit)
                }
            }
            position += 1
        }
        guard position == 36 else { return nil }
        (high, low) = halves
    }

    /// Lower case, with hyphens.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            let half = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: half >> UInt64((15 - index % 16) * 4)) & 15
            text.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// By the number, which is also the order of the server.
    public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension PostgresUUID: PostgresEncodable, PostgresDecodable {
    /// `uuid`.
    public static let postgresType = PostgresType.uuid

    /// Sixteen bytes.
    public func encode(into buffer: inout PostgresBuffer) {
        buffer.append(high)
        buffer.append(low)
    }

    /// Reads `uuid`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let bytes = try cell.read(.uuid)
        guard bytes.count == 16 else { throw .malformed }
        self.init(high: try bytes.integer(at: 0), low: try bytes.integer(at: 8))
    }
}
