internal import Reactor

/// A range of IP addresses, such as 10.0.0.0/8.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]
    private let length: Int
    private let text: String

    /// Reads "10.0.0.0/8", "fc00::/7", or one address without a length.
    /// - Returns: nil for anything else, and for a length that is longer than the address.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = SocketAddress(host: String(parts[0]), port: 0)?.hostBytes else {
            return nil
        }
        let whole = bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : whole, (0...whole).contains(length) else { return nil }
        self.bytes = bytes
        self.length = length
        self.text = text
    }

    /// Whether an address (4 or 16 bytes, as the wire has it) is within.
    public func contains(_ address: [UInt8]) -> Bool {
        guard address.count == bytes.count else { return false }
        let whole = length / 8
        guard address[..<whole].elementsEqual(bytes[..<whole]) else { return false }
        let rest = length % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff << (8 - rest))
        return address[whole] & mask == bytes[whole] & mask
    }

    /// As it was written.
    public var description: String { text }
}
