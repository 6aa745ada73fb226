import HTTP
import RPC
import Reactor
import Synchronization

/// The servers, channels and connections of this process at a moment, for `/channelz`. Addresses of other services, never of
/// the public's clients, and nothing of what is said.
struct ConnectionReport: Sendable {
    /// Connections of one server or channel that are shown.
    static let most = 100

    /// A server for the public or for operators.
    struct Door: Sendable {
        let name: String
        let address: SocketAddress?
        let connections: Int
    }

    /// A channel, with the name of the service it leads to.
    struct Way: Sendable {
        let service: String
        let channel: RPCChannelSnapshot

        /// Every endpoint as each loop sees it, the loops of one together.
        var endpoints: [(loop: Int, RPCChannelSnapshot.Endpoint)] {
            let all = channel.loops.flatMap { loop in loop.endpoints.map { (loop: loop.index, $0) } }
            var order: [SocketAddress: Int] = [:]
            for (_, endpoint) in all where order[endpoint.address] == nil { order[endpoint.address] = order.count }
            return all.sorted { (order[$0.1.address] ?? 0, $0.loop) < (order[$1.1.address] ?? 0, $1.loop) }
        }
        /// Calls that wait for a connection.
        var waiting: Int { channel.loops.reduce(0) { $0 + $1.waiting } }
    }

    let rpc: ServerSnapshot?
    let doors: [Door]
    let ways: [Way]
    let now: MonotonicTime

    init(rpc: ServerSnapshot?, doors: [Door], ways: [Way], now: MonotonicTime = .now()) {
        self.rpc = rpc
        self.doors = doors
        self.ways = ways
        self.now = now
    }

    init(of supervisor: Supervisor) async {
        let servers = supervisor.servers.withLock { $0 }
        var ways: [Way] = []
        for (service, channel) in supervisor.channels.withLock({ $0 }) {
            ways.append(Way(service: service, channel: await channel.snapshot(connections: Self.most)))
        }
        var doors: [Door] = []
        if let http = servers?.http {
            doors.append(Door(name: "http", address: servers?.addresses.http, connections: http.connectionCount))
        }
        for (index, server) in (servers?.admin ?? []).enumerated() {
            let address = index == 0 ? servers?.addresses.admin : supervisor.options.adminSocket
            doors.append(Door(name: "admin", address: address, connections: server.connectionCount))
        }
        self.init(rpc: await servers?.rpc.snapshot(connections: Self.most), doors: doors, ways: ways)
    }
}
