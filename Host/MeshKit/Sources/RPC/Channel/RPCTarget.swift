internal import Reactor

/// Where a channel leads: "dns:///market:50051", "market:50051", "127.0.0.1:50051" or "unix:/path"; replicas without a
/// name as "127.0.0.1:50051,127.0.0.1:50052".
public struct RPCTarget: Hashable, Sendable, CustomStringConvertible {
    enum Place: Hashable {
        /// At least one.
        case addresses([SocketAddress])
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
        let list = rest.split(separator: ",", omittingEmptySubsequences: false).map {
            SocketAddress(parsing: String($0))
        }
        if case let addresses = list.compactMap({ $0 }), addresses.count == list.count, !addresses.isEmpty {
            place = .addresses(addresses)
        } else if let (host, port) = SocketAddress.split(rest), !host.isEmpty, port > 0 {
            place = .name(host: host, port: port)
        } else {
            return nil
        }
    }

    /// The host that a certificate would name; nil for several addresses and for sockets of this machine.
    public var host: String? {
        switch place {
        case .addresses(let addresses):
            addresses.count == 1 && addresses[0].path == nil
                ? SocketAddress.split(addresses[0].description)?.host : nil
        case .name(let host, _): host
        }
    }

    /// What `:authority` says.
    var authority: String {
        switch place {
        case .addresses(let addresses):
            addresses.first.flatMap { $0.path == nil ? $0.description : nil } ?? "localhost"
        case .name(let host, let port): "\(host):\(port)"
        }
    }
}
