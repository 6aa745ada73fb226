internal import HTTP
internal import Reactor

/// The connections of one loop to one endpoint. Loop only.
final class EndpointLink {
    let id: Balancer.ID
    let address: SocketAddress
    /// Those that take calls; the first ones are filled first, so that the others may become idle.
    var ready: [RPCClientConnection] = []
    /// The one that is being made.
    var pending: RPCClientConnection?

    init(_ id: Balancer.ID, _ address: SocketAddress) {
        self.id = id
        self.address = address
    }

    /// Streams that the connections take together.
    var streams: Int { ready.reduce(0) { $0 + min($1.http.peerStreamLimit, 1 << 31) } }

    /// The connection for a call. Where all are full it waits on the one that has least to do: the peer may have lowered
    /// its limit meanwhile.
    var connection: RPCClientConnection? {
        if let first = ready.first, first.hasRoom { return first }
        return ready.first { $0.hasRoom }
            ?? ready.filter { !$0.http.isGoingAway }.min { $0.http.streamCount < $1.http.streamCount }
    }

    /// Takes a connection away; whether it was one of those that take calls.
    func remove(_ connection: RPCClientConnection) -> Bool {
        guard let index = ready.firstIndex(where: { $0 === connection }) else { return false }
        ready.remove(at: index)
        return true
    }
}
