internal import HTTP
internal import Observe
public import Reactor
internal import Synchronization
internal import TLS

/// A gRPC server: HTTP/2 on the loops of a group, in mutual TLS or by prior knowledge without any.
public final class RPCServer: Sendable {
    let table: RPCServiceTable
    let configuration: RPCServerConfiguration
    let group: EventLoopGroup
    private let address: SocketAddress

    private struct State {
        var listener: Listener?
        var connections: [ObjectIdentifier: (connection: RPCServerConnection, loop: EventLoop)] = [:]
        var isDraining = false
        /// The calls of connections that are gone.
        var finished = CallTally()
        var lastError: String?
    }
    private let state = Mutex(State())
    private let running = Atomic<Int>(0)
    private let count: HTTPConnectionCount

    /// A server for the services of `table`; `start` opens it.
    public init(
        group: EventLoopGroup,
        address: SocketAddress,
        table: RPCServiceTable,
        configuration: RPCServerConfiguration = RPCServerConfiguration()
    ) {
        self.group = group
        self.address = address
        self.table = table
        self.configuration = configuration
        count = HTTPConnectionCount(
            maximum: configuration.maximumConnections,
            maximumPerAddress: configuration.maximumConnectionsPerAddress
        )
    }

    /// Begins to listen.
    /// - Returns: the address bound, with the port that the kernel chose if 0 was asked for.
    /// - Throws: `SystemError` naming the address.
    @discardableResult
    public func start() async throws -> SocketAddress {
        let mode: Listener.Mode = configuration.spread == .perLoop ? .perLoop : .handOut
        let abuse = configuration.abuse
        let listener = try Listener(
            address,
            group: group,
            mode: mode,
            paused: { abuse?.count("descriptors") }
        ) { [self] descriptor, remote, loop in
            if configuration.penalties?.refuses(remote) == true {
                return ByteStream(descriptor: descriptor, loop: loop, remote: remote).close()
            }
            let layer: TLSLayer?
            do throws(TLSError) {
                layer = try configuration.tls?.accept()
            } catch {
                // Without a session there is nothing that could be said to the peer.
                return ByteStream(descriptor: descriptor, loop: loop, remote: remote).close()
            }
            let transport = ByteStream(descriptor: descriptor, loop: loop, remote: remote, layer: layer)
            // One that is not taken is closed with its transport.
            guard count.admit(remote, abuse) else { return }
            let connection = RPCServerConnection(transport, self)
            let isWelcome = state.withLock { state in
                guard !state.isDraining else { return false }
                state.connections[ObjectIdentifier(connection)] = (connection, loop)
                return true
            }
            if isWelcome { connection.start() } else { count.leave(remote?.hostBytes ?? []) }
        }
        state.withLock { $0.listener = listener }
        configuration.tls?.whenReplaced { [weak self] in self?.renewConnections() }
        return listener.address
    }

    /// Stops accepting, sends GOAWAY, waits until the calls in flight have ended or `deadline` has passed, and ends what is
    /// left with UNAVAILABLE. Any task.
    public func drain(deadline: Duration) async {
        let (listener, connections) = state.withLock { state in
            state.isDraining = true
            defer { state.listener = nil }
            return (state.listener, Array(state.connections.values))
        }
        listener?.close()
        for entry in connections { entry.loop.execute { entry.connection.drain() } }
        let end = MonotonicTime.now().advanced(by: deadline)
        let loop = group.next()
        try? await loop.run { [self] in
            while state.withLock({ !$0.connections.isEmpty }), MonotonicTime.now() < end {
                try await loop.sleep(for: .milliseconds(10))
            }
        }
        let left = state.withLock { Array($0.connections.values) }
        guard !left.isEmpty else { return }
        for entry in left { entry.loop.execute { entry.connection.end() } }
        // What they are told goes out, as far as they listen.
        try? await loop.run { [self] in
            let end = MonotonicTime.now().advanced(by: Self.lastWords)
            while state.withLock({ !$0.connections.isEmpty }), MonotonicTime.now() < end {
                try await loop.sleep(for: .milliseconds(10))
            }
        }
        for entry in left { entry.loop.execute { entry.connection.close() } }
    }

    /// Asks the peers of all connections to make new ones, with the certificates of now; no call is lost by it.
    private func renewConnections() {
        for entry in state.withLock({ Array($0.connections.values) }) {
            entry.loop.execute { entry.connection.renew() }
        }
    }

    /// How long calls that did not end in time may take to hear so.
    private static let lastWords = Duration.milliseconds(500)

    /// Connections that are open. Any thread.
    public var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Handlers at work, those of dead calls included. Any thread.
    public var runningCalls: Int { running.load(ordering: .relaxed) }

    func closed(
        _ connection: RPCServerConnection,
        _ remote: SocketAddress?,
        _ tally: CallTally,
        _ error: SystemError?
    ) {
        count.leave(remote?.hostBytes ?? [])
        let entry = state.withLock { state in
            state.finished = state.finished + tally
            if let error { state.lastError = "\(error)" }
            return state.connections.removeValue(forKey: ObjectIdentifier(connection))
        }
        // Not at once: the connection is in the middle of telling so.
        withExtendedLifetime(entry) {}
    }

    /// What there is to look at, of one moment.
    var openConnections:
        (address: SocketAddress?, byLoop: [Int: [RPCServerConnection]], finished: CallTally, lastError: String?)
    {
        state.withLock { state in
            let all = Dictionary(grouping: state.connections.values) { $0.loop.index }
            return (state.listener?.address, all.mapValues { $0.map(\.connection) }, state.finished, state.lastError)
        }
    }

    func handlerStarted() {
        running.wrappingAdd(1, ordering: .relaxed)
    }

    func handlerEnded() {
        running.wrappingSubtract(1, ordering: .relaxed)
    }

    func unknownMethod() {
        table.observer?.finishedUnknown(local: false)
    }
}
