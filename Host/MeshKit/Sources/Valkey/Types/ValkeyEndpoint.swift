public import Reactor

/// Where a server is: `host:port`, `[v6]:port` or `unix:/path`.
public struct ValkeyEndpoint: Hashable, Sendable, CustomStringConvertible {
    enum Place: Hashable {
        case address(SocketAddress)
        case name(host: String, port: UInt16)
    }
    let place: Place

    /// Reads an endpoint; nil if it is none. A name is resolved each time a connection is made.
    public init?(_ text: String) {
        if let address = SocketAddress(parsing: text) {
            place = .address(address)
        } else if let (host, port) = SocketAddress.split(text), !host.isEmpty, port > 0 {
            place = .name(host: host, port: port)
        } else {
            return nil
        }
    }

    /// A known address.
    public init(_ address: SocketAddress) {
        place = .address(address)
    }

    /// As it is read.
    public var description: String {
        switch place {
        case .address(let address): address.description
        case .name(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
