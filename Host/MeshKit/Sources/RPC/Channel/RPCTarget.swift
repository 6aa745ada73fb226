internal import Reactor

/// Where a channel leads: "dns:///market:50051", "market:50051", "127.0.0.1:50051" or "unix:/path".
public struct RPCTarget: Hashable, Sendable, CustomStringConvertible {
    enum Place: Hashable {
        case address(SocketAddress)
        case name(host: String, port: UInt16)
    }

    /// As it was written.
    public let description: String
    let place: Place

    /// Reads a target; nil if it is none.
    public init?(_ text: String) {
        description = text
        var rest = text
        if rest.hasPrefix("dns:") {
            rest.removeFirst(4)
            if rest.hasPrefix("//") {
                // dns://authority/name: only the system's resolver is offered, so the authority is empty.
                guard rest.hasPrefix("///") else { return nil }
                rest.removeFirst(3)
            }
        }
        if let address = SocketAddress(parsing: rest) {
            place = .address(address)
        } else if let (host, port) = SocketAddress.split(rest), !host.isEmpty, port > 0 {
            place = .name(host: host, port: port)
        } else {
            return nil
        }
    }

    /// What `:authority` says.
    var authority: String {
        switch place {
        case .address(let address): address.path == nil ? address.description : "localhost"
        case .name(let host, let port): "\(host):\(port)"
        }
    }
}
