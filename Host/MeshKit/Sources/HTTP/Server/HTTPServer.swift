import Observe
public import Reactor
internal import Synchronization

/// Serves HTTP/1.1 and HTTP/2 on one address, TCP or unix, on all loops of a group.
///
/// The version is agreed on in TLS (ALPN). Without TLS, which may end in front of the server, a connection's first bytes
/// tell it (prior knowledge).
public final class HTTPServer: Sendable {
    private let group: EventLoopGroup
    private let address: SocketAddress
    private let configuration: HTTPServerConfiguration
    private let loops: [HTTPServerLoop]
    private let connections: HTTPConnectionCount
    private let listener = Mutex<Listener?>(nil)

    /// Makes a server; nothing is opened before `start`.
    ///
    /// `immediate` is asked before `seating`, and that before `handler`, which answers the rest.
    public init(
        group: EventLoopGroup,
        address: SocketAddress,
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        immediate: HTTPImmediate? = nil,
        seating: HTTPSeating? = nil,
        handler: @escaping HTTPHandler
    ) {
        self.group = group
        self.address = address
        self.configuration = configuration
        let count = HTTPConnectionCount(
            maximum: configuration.maximumConnections,
            maximumPerAddress: configuration.maximumConnectionsPerAddress
        )
        connections = count
        loops = group.loops.map {
            HTTPServerLoop(
                loop: $0,
                configuration: configuration,
                count: count,
                immediate: immediate,
                seating: seating,
                handler: handler
            )
        }
    }

    /// How many connections there are now. Any thread.
    public var connectionCount: Int { connections.total }

    /// Binds and begins to serve. Call once.
    /// - Returns: the address that was bound, with the port the kernel chose if 0 was asked for.
    /// - Throws: `SystemError` naming the address.
    @discardableResult
    public func start() async throws -> SocketAddress {
        let loops = loops
        let abuse = configuration.abuse
        let listener = try Listener(
            address,
            group: group,
            paused: { abuse?.count("descriptors") }
        ) { descriptor, remote, loop in
            loops[loop.index].accept(descriptor, remote)
        }
        self.listener.withLock { $0 = listener }
        return listener.address
    }

    /// Takes no more connections, lets every exchange in progress end, and returns when all connections are closed, or
    /// at the deadline, when what is left is cut off and its handlers are cancelled.
    public func drain(deadline: Duration) async {
        listener.withLock { listener in
            listener?.close()
            listener = nil
        }
        for loop in loops { loop.drain() }
        let patience = HTTPDrain()
        connections.whenEmpty { patience.end() }
        let timekeeper = group.next()
        timekeeper.execute { [loops] in
            timekeeper.schedule(after: deadline) {
                for loop in loops { loop.close() }
                patience.end()
            }
        }
        await patience.wait()
    }
}
