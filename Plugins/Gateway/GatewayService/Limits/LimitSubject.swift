/// Who is counted.
enum LimitSubject: Hashable, Sendable {
    /// An IPv4 address.
    case v4(UInt32)
    /// The first 64 bits of an IPv6 address, which is what one customer has.
    case v6(UInt64)
    /// A user.
    case account(String)

    init(_ address: IPAddress) {
        if address.bytes.count == 4 {
            self = .v4(address.bytes.reduce(0) { $0 << 8 | UInt32($1) })
        } else {
            self = .v6(address.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    /// What the shared bucket is called by.
    var key: String {
        switch self {
        case .v4(let bits): "4:" + String(bits, radix: 16)
        case .v6(let bits): "6:" + String(bits, radix: 16)
        case .account(let id): "u:" + id
        }
    }

    /// How the fields of answers name the policy.
    var policy: String {
        if case .account = self { "account" } else { "address" }
    }
}
