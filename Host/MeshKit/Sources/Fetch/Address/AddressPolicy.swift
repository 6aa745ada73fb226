/// Which addresses a client may connect to. It is asked about the very address of each connection, after names were
/// looked up, so that neither a name that changes its address nor a redirect gets around it.
public struct AddressPolicy: Sendable {
    private enum Kind { case any, publicOnly, loopbackOnly }
    private let kind: Kind
    private let exceptions: [IPNetwork]

    /// Every address: for URLs that come from the configuration.
    public static let any = AddressPolicy(kind: .any, exceptions: [])

    /// Only addresses that are reachable from everywhere, for URLs that come from outside.
    /// - Parameter exceptions: networks that are allowed all the same.
    public static func publicOnly(except exceptions: [IPNetwork] = []) -> AddressPolicy {
        AddressPolicy(kind: .publicOnly, exceptions: exceptions)
    }

    /// Only this machine's own, for what must not leave it.
    static let loopbackOnly = AddressPolicy(kind: .loopbackOnly, exceptions: [])

    /// Whether every address is allowed, so that there is nothing to ask.
    var allowsAll: Bool { kind == .any }

    /// Whether a connection to an address (4 or 16 bytes, as the wire has it) may be made.
    public func allows(_ address: [UInt8]) -> Bool {
        switch kind {
        case .any: return true
        case .loopbackOnly: return Self.loopback.contains { $0.contains(address) }
        case .publicOnly: break
        }
        if exceptions.contains(where: { $0.contains(address) }) { return true }
        if let inner = Self.embedded(address) { return allows(inner) }
        switch address.count {
        case 4: return !Self.special4.contains { $0.contains(address) }
        case 16: return Self.global6.contains(address) && !Self.special6.contains { $0.contains(address) }
        default: return false
        }
    }

    // MARK: Ranges

    /// The IPv4 address that an IPv6 address leads to, through the kernel or a translator.
    private static func embedded(_ address: [UInt8]) -> [UInt8]? {
        guard address.count == 16 else { return nil }
        if mapped.contains(address) || translated.contains(address) { return Array(address[12...]) }
        return nil
    }

    private static let loopback = ["127.0.0.0/8", "::1"].map(known)
    /// IPv4-mapped (RFC 4291 §2.5.5.2).
    private static let mapped = known("::ffff:0:0/96")
    /// NAT64's well-known prefix (RFC 6052 §2.1): a public address behind it is public.
    private static let translated = known("64:ff9b::/96")
    /// The only space from which global addresses are given out (IANA IPv6 address space registry).
    private static let global6 = known("2000::/3")

    /// IANA's IPv4 special-purpose registry (RFC 6890 and its updates), multicast, and what clouds use beside it.
    private static let special4 = [
        "0.0.0.0/8",  // this network
        "10.0.0.0/8",  // private
        "100.64.0.0/10",  // shared by carriers (RFC 6598); also a metadata service
        "127.0.0.0/8",  // loopback
        "168.63.129.16/32",  // the metadata and health service of a cloud, in public space
        "169.254.0.0/16",  // link-local; also metadata services
        "172.16.0.0/12",  // private
        "192.0.0.0/24",  // protocol assignments; also a metadata service
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",  // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, and broadcast
    ].map(known)

    /// What is not for everybody within 2000::/3; unique-local, link-local and multicast are outside of it.
    private static let special6 = [
        "2001::/23",  // protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4, which leads to any IPv4 address
        "3fff::/20",  // documentation
    ].map(known)

    private static func known(_ text: String) -> IPNetwork {
        guard let network = IPNetwork(text) else { preconditionFailure("\(text) is no network") }
        return network
    }
}
