import Glibc

/// What an address counts as: an IPv4 address alone, an IPv6 one with all of its /64, as one customer has at least
/// that.
struct ClientNetwork: Sendable, Equatable {
    /// `192.0.2.1` or `2001:db8:0:0/64`
    let text: String

    /// The network of an address; that of all who have none, or one that cannot be read, is one and the same.
    init(_ address: String?) {
        guard let address else {
            text = "unknown"
            return
        }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, address, &four) == 1 {
            text = Self.dotted(withUnsafeBytes(of: four) { Array($0) })
        } else if inet_pton(AF_INET6, address, &six) == 1 {
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
            text =
                isMapped
                ? Self.dotted(Array(bytes[12...]))
                : stride(from: 0, to: 8, by: 2).map { position in
                    String(Int(bytes[position]) << 8 | Int(bytes[position + 1]), radix: 16)
                }.joined(separator: ":") + "/64"
        } else {
            text = "unknown"
        }
    }

    private static func dotted(_ bytes: [UInt8]) -> String { bytes.map(String.init).joined(separator: ".") }
}
