extension [UInt8] {
    /// Bytes from the kernel's generator (on Linux the system's generator is getrandom), eight for each call of it.
    public static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count { Swift.withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Whether two secrets are the same, in a time that depends on their lengths alone.
    public func isSameSecret(as other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in indices { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}

extension String {
    /// Whether two secrets are the same bytes, in a time that depends on their lengths alone. `==` would also find those
    /// alike that Unicode calls equivalent.
    public func isSameSecret(as other: String) -> Bool { Array(utf8).isSameSecret(as: Array(other.utf8)) }
}
