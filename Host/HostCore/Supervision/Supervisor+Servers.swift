import HTTP
import Plugin
import RPC
import Reactor
import Synchronization

extension Supervisor {
    /// The servers of a running process.
    struct Servers: Sendable {
        let rpc: RPCServer
        let http: HTTPServer?
        let admin: [HTTPServer]
        let addresses: HostAddresses
    }

    /// The admin server comes first, so that a start that takes long can be watched.
    func startAdmin() async throws(StartError) -> (servers: [HTTPServer], address: SocketAddress) {
        let reader = HTTPServer(
            group: self.group,
            address: self.options.adminAddress,
            handler: AdminHandler(self, mayChange: false).handle
        )
        let address = try await Self.start(reader, "LONJA_ADMIN_LISTEN", self.options.adminAddress)
        guard let socket = self.options.adminSocket else { return ([reader], address) }
        let changer = HTTPServer(
            group: self.group,
            address: socket,
            handler: AdminHandler(self, mayChange: true).handle
        )
        _ = try await Self.start(changer, "LONJA_ADMIN_SOCKET", socket)
        return ([reader, changer], address)
    }

    /// Opens the doors for calls.
    func startServers(
        _ table: RPCServiceTable,
        routes: [RESTRoute],
        site: HTTPSite?,
        admin: (servers: [HTTPServer], address: SocketAddress),
        tls: HostTLS,
        policy: CallerPolicy
    ) async throws(StartError) -> Servers {
        let penalties = self.penaltyBox(self.plugins.withLock { $0.map(\.plugin) })
        var configuration = self.rpcLimits(tls.rpc, penalties)
        // Without certificates nobody beyond a connection is anybody, and the network decides who gets one.
        configuration.policy = tls.rpc == nil ? nil : policy
        let rpc = RPCServer(
            group: self.group,
            address: self.options.rpcAddress,
            table: table,
            configuration: configuration
        )
        let rpcAddress: SocketAddress
        do {
            rpcAddress = try await rpc.start()
        } catch {
            throw Self.taken("LONJA_RPC_LISTEN", self.options.rpcAddress, error)
        }
        var http: HTTPServer?
        var httpAddress: SocketAddress?
        if !routes.isEmpty || site != nil {
            let served = try self.publicSite(routes, site)
            let server = HTTPServer(
                group: self.group,
                address: self.options.httpAddress,
                configuration: self.httpLimits(tls.http, penalties),
                immediate: served.immediate,
                seating: served.seating,
                handler: served.handler
            )
            httpAddress = try await Self.start(server, "LONJA_HTTP_LISTEN", self.options.httpAddress)
            http = server
        }
        let names = self.plugins.withLock { $0.map(\.name) }
        return Servers(
            rpc: rpc,
            http: http,
            admin: admin.servers,
            addresses: HostAddresses(plugins: names, rpc: rpcAddress, http: httpAddress, admin: admin.address)
        )
    }

    private static func start(
        _ server: HTTPServer,
        _ variable: String,
        _ address: SocketAddress
    ) async throws(StartError) -> SocketAddress {
        do {
            return try await server.start()
        } catch {
            throw Self.taken(variable, address, error)
        }
    }

    private static func taken(_ variable: String, _ address: SocketAddress, _ error: any Error) -> StartError {
        StartError(
            .dependencyUnavailable,
            "\(variable)=\(address) cannot be listened on: \(error); free it or set \(variable)"
        )
    }
}
