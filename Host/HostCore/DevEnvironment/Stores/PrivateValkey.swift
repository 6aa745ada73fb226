import Glibc

/// A Valkey (or Redis) server of our own below `LONJA_STATE`: on a unix socket that only this user can open, no port.
struct PrivateValkey: Sendable {
    /// What `valkey.address` of a service is set to: `unix:/…`.
    let address: String
    private let server: ChildServer

    /// Starts it; the clients wait for it by themselves.
    /// - Throws: `StartError`.
    static func start(_ state: String, user: ChildUser) async throws(StartError) -> PrivateValkey {
        guard let path = PrivateServer.find(["valkey-server", "redis-server"], in: PrivateServer.searchPath) else {
            throw StartError(
                .dependencyUnavailable,
                "neither valkey-server nor redis-server is installed: apt-get install redis-server, or set the"
                    + " valkey.address of every service"
            )
        }
        let socketFolder = try PrivateServer.socketFolder(state, user)
        let data = "\(state)/valkey"
        try user.own(data)
        let socket = "\(socketFolder)/valkey.sock"
        let server = try await ChildServer.start(
            ChildProgram(
                name: "Valkey",
                path: path,
                arguments: [
                    "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", data,
                    "--appendonly", "yes", "--daemonize", "no", "--logfile", "",
                ],
                folder: data,
                log: "\(state)/valkey.log",
                user: user,
                stopSignal: SIGTERM,
                orphanSignal: SIGTERM
            )
        )
        return PrivateValkey(address: "unix:\(socket)", server: server)
    }

    /// Ends it in order. Blocks.
    func stop() { server.stop() }
}
