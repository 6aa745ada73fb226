import Contracts
import RPC
import Reactor
import Synchronization
import TestServers
import Testing

@testable import HTTP
@testable import RPC

/// Replicas of a service on 127.0.0.2 and on, one port, and a name that stands for those that a test says.
final class Cluster: Sendable {
    let backends: [Backend]
    let clients: EventLoopGroup
    private let servers: EventLoopGroup
    private let running = Mutex<[Int: RPCServer]>([:])
    private let named = Mutex<[SocketAddress]>([])
    private let port: UInt16
    private let serverConfiguration: RPCServerConfiguration

    private init(_ count: Int, loops: Int, _ configuration: RPCServerConfiguration) throws {
        backends = (0..<count).map { _ in Backend() }
        clients = try EventLoopGroup(count: loops)
        servers = try EventLoopGroup(count: 2)
        port = try LoopbackPort.free()
        serverConfiguration = configuration
    }

    /// Runs `body` with so many replicas, all of them up and named.
    static func run(
        _ count: Int,
        loops: Int = 2,
        configure: (inout RPCServerConfiguration) -> Void = { _ in },
        _ body: (Cluster) async throws -> Void
    ) async throws {
        var configuration = RPCServerConfiguration()
        configure(&configuration)
        let cluster = try Cluster(count, loops: loops, configuration)
        do {
            for number in 0..<count { try await cluster.start(number) }
            try cluster.name(Array(0..<count))
            try await body(cluster)
        } catch {
            await cluster.end()
            throw error
        }
        await cluster.end()
    }

    func address(_ number: Int) throws -> SocketAddress {
        try #require(SocketAddress(host: "127.0.0.\(number + 2)", port: port))
    }

    func start(_ number: Int) async throws {
        let table = try RPCServiceTable([backends[number]])
        let server = RPCServer(
            group: servers,
            address: try address(number),
            table: table,
            configuration: serverConfiguration
        )
        // The one before lets go of its address when its loop comes to it.
        let patience = MonotonicTime.now().advanced(by: .seconds(5))
        while true {
            do {
                try await server.start()
                break
            } catch  where MonotonicTime.now() < patience {
                try await servers.loops[0].run { try await pause(.milliseconds(5)) }
            }
        }
        running.withLock { $0[number] = server }
    }

    /// Ends a replica: in order, or at once where it has no time.
    func stop(_ number: Int, within time: Duration) async {
        let server = running.withLock { $0.removeValue(forKey: number) }
        await server?.drain(deadline: time)
    }

    /// What the name stands for now.
    func name(_ numbers: [Int]) throws {
        let addresses = try numbers.map { try address($0) }
        named.withLock { $0 = addresses }
    }

    func channel(_ change: (inout RPCChannelConfiguration) -> Void = { _ in }) throws -> RPCChannel {
        var configuration = RPCChannelConfiguration()
        configuration.resolve = { [self] _, _ in named.withLock { $0 } }
        change(&configuration)
        let target = try #require(RPCTarget("dns:///echo.test:\(port)"))
        return RPCChannel(target, group: clients, configuration: configuration)
    }

    func connections(_ number: Int) -> Int { running.withLock { $0[number]?.connectionCount ?? 0 } }

    /// Each replica's share of the calls, in percent.
    var shares: [Double] {
        let counts = backends.map { Double($0.calls) }
        return counts.map { $0 * 100 / max(1, counts.reduce(0, +)) }
    }

    func forget() { for backend in backends { backend.forget() } }

    /// Makes calls on all loops until `isOver`, or so many; gives how many there were and what became of those that failed.
    func load(
        _ channel: RPCChannel,
        _ method: MethodDescriptor<EchoEchoRequest, EchoEchoResponse> = EchoMethods.read,
        workers: Int,
        calls: Int = .max,
        timeout: Duration = .seconds(10),
        until isOver: @escaping @Sendable () -> Bool = { false }
    ) async throws -> (calls: Int, errors: [RPCError]) {
        let peer = RPCPeer(name: "echo")
        peer.bind(remote: channel)
        let results = LoadResults(calls)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for worker in 0..<workers {
                let loop = clients.loops[worker % clients.loops.count]
                tasks.addTask {
                    try await loop.run {
                        while !isOver(), results.next() {
                            do {
                                _ = try await peer.unary(method, EchoEchoRequest(), .root(timeout: timeout))
                            } catch let error as RPCError {
                                results.add(error)
                            }
                        }
                    }
                }
            }
            try await tasks.waitForAll()
        }
        return results.all
    }

    private func end() async {
        for number in backends.indices { await stop(number, within: .zero) }
        await clients.stop()
        await servers.stop()
    }
}

/// What the workers of a load share.
private final class LoadResults: Sendable {
    private let state: Mutex<(left: Int, made: Int, errors: [RPCError])>

    init(_ calls: Int) {
        state = Mutex((calls, 0, []))
    }

    var all: (calls: Int, errors: [RPCError]) { state.withLock { ($0.made, $0.errors) } }

    /// Whether another call is to be made.
    func next() -> Bool {
        state.withLock { state in
            guard state.left > 0 else { return false }
            state.left -= 1
            state.made += 1
            return true
        }
    }

    func add(_ error: RPCError) { state.withLock { $0.errors.append(error) } }
}

extension RPCChannel {
    /// The sum of a count over the loops.
    func sum(_ count: (ChannelCounts) -> Int) -> Int { counts.reduce(0) { $0 + count($1) } }
}
