import Fetch
import HTTP
import Reactor

/// The proxies in front of us that we believe. Everything else that says where a request comes from is a client's own
/// invention.
struct TrustedProxies: Sendable {
    let networks: [IPNetwork]

    /// Where a request comes from: the socket's peer or, through peers that are trusted, the last entry of
    /// `x-forwarded-for` that no trusted proxy has. Nil where the socket has no address.
    func client(_ remote: SocketAddress?, _ fields: HTTPFields) -> IPAddress? {
        guard let remote, var client = IPAddress(remote) else { return nil }
        guard !networks.isEmpty, fields.contains("x-forwarded-for") else { return client }
        let hops = fields.values(for: "x-forwarded-for").flatMap { $0.split(separator: ",") }
        for hop in hops.reversed() where trusts(client) {
            // What a trusted proxy cannot have written ends the chain: the client is who spoke to us so far.
            guard let next = IPAddress(parsing: Self.trimmed(hop)) else { break }
            client = next
        }
        return client
    }

    /// Whether a peer's address, as its socket has it, is of a trusted proxy.
    func trusts(_ bytes: [UInt8]) -> Bool { IPAddress(bytes).map(trusts) ?? false }

    private func trusts(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address.bytes) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let begun = text.drop { $0 == " " || $0 == "\t" }
        guard let last = begun.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return begun }
        return begun[...last]
    }
}
