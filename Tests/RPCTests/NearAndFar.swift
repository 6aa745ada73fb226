import Observe
import RPC
import Reactor

/// The fixture's service, called in this process or over a connection of a real server, with all that observes calls.
struct NearAndFar {
    let metrics = MetricRegistry()
    let group: EventLoopGroup
    /// A peer of the plugin `wallet`; a server that knows no certificates takes it for nobody.
    let peer = RPCPeer(name: "test", caller: Caller(plugin: "wallet"))
    let server: RPCServer
    let channel: RPCChannel
    let policy: CallerPolicy?
    /// What the metrics call the way.
    let way: String

    /// - Parameter rules: who may call the plugin `test`, whose the service is; nil for everybody.
    init(_ fixture: EchoFixture = EchoFixture(), far: Bool, rules: String? = nil) async throws {
        way = far ? "remote" : "local"
        group = try EventLoopGroup(count: 1)
        let table = try RPCServiceTable([fixture], observer: CallMetrics(metrics))
        guard let any = SocketAddress(parsing: "127.0.0.1:0") else { preconditionFailure("loopback is an address") }
        policy = try rules.map { [metrics] text in
            CallerPolicy(try CallerRules(parsing: text), plugins: ["test.Echo": "test"], metrics: metrics)
        }
        var serving = RPCServerConfiguration()
        serving.policy = policy
        server = RPCServer(group: group, address: any, table: table, configuration: serving)
        let address = try await server.start()
        guard let target = RPCTarget("\(address)") else { preconditionFailure("\(address) is a target") }
        let client = ClientCallMetrics(metrics)
        var configuration = RPCChannelConfiguration()
        configuration.metrics = client
        channel = RPCChannel(target, group: group, configuration: configuration)
        if far { peer.bind(remote: channel, metrics: client) } else { peer.bind(local: table, policy: policy) }
    }

    /// Runs a test on the loop, as services run, and closes everything behind it.
    static func with<Result: Sendable>(
        _ fixture: EchoFixture = EchoFixture(),
        far: Bool,
        rules: String? = nil,
        _ body: @escaping @Sendable (NearAndFar) async throws -> Result
    ) async throws -> Result {
        let both = try await NearAndFar(fixture, far: far, rules: rules)
        do {
            let result = try await both.group.loops[0].run { try await body(both) }
            await both.close()
            return result
        } catch {
            await both.close()
            throw error
        }
    }

    private func close() async {
        channel.close()
        await server.drain(deadline: .zero)
        group.shutdown()
    }

    /// The value of a metric; nil where it has no such series.
    func value(_ name: String, _ labels: String) -> Int? {
        let start = "\(name){\(labels)} "
        return metrics.prometheusText().split(separator: "\n").first { $0.hasPrefix(start) }
            .flatMap { Int($0.dropFirst(start.count)) }
    }

    /// How many calls of a method of the fixture were answered with a code.
    func answered(_ method: String, _ code: RPCError.Code) -> Int? {
        value("mesh_server_calls_total", #"service="test.Echo",method="\#(method)",code="\#(code)",from="\#(way)""#)
    }
}
