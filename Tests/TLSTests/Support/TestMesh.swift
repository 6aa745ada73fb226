import Observe
import RPC
import Reactor
import SwiftProtobuf
import TLS
import TestServers
import Testing

/// An echo server, its metrics, and channels to it.
struct TestMesh: Sendable {
    let group: EventLoopGroup
    let address: SocketAddress
    let metrics: MetricRegistry

    /// Runs `body` with a server whose certificate is in `slot`.
    static func run(
        _ files: TLSFiles,
        handshakeTimeout: Duration = .seconds(60),
        policy: ((MetricRegistry) throws -> CallerPolicy)? = nil,
        _ body: @Sendable (TestMesh, TLSSlot) async throws -> Void
    ) async throws {
        let group = try EventLoopGroup(count: 2)
        let metrics = MetricRegistry()
        var configuration = RPCServerConfiguration()
        let slot = try TLSSlot(
            "rpc",
            .mutual,
            files: files,
            metrics: TLSMetrics(metrics),
            handshakeTimeout: handshakeTimeout
        )
        configuration.tls = slot
        configuration.policy = try policy?(metrics)
        let server = RPCServer(
            group: group,
            address: try #require(SocketAddress(parsing: "127.0.0.1:0")),
            table: try RPCServiceTable([TestEcho()], observer: CallMetrics(metrics)),
            configuration: configuration
        )
        let mesh = TestMesh(group: group, address: try await server.start(), metrics: metrics)
        do {
            try await body(mesh, slot)
        } catch {
            await server.drain(deadline: .zero)
            await group.stop()
            throw error
        }
        await server.drain(deadline: .zero)
        await group.stop()
    }

    /// A channel to the server, as a client with these files.
    func channel(
        _ tls: TLSSlot?,
        to name: TLSName = .service("profile")
    ) throws -> (peer: RPCPeer, channel: RPCChannel) {
        var configuration = RPCChannelConfiguration()
        // Other tests have the cores too.
        configuration.connectTimeout = .seconds(30)
        configuration.tls = tls.map { RPCChannelTLS($0, name: name) }
        let target = try #require(RPCTarget("\(address)"))
        let channel = RPCChannel(target, group: group, configuration: configuration)
        let peer = RPCPeer(name: "profile")
        peer.bind(remote: channel)
        return (peer, channel)
    }

    /// What the server says of who calls, or the error.
    func who(
        _ tls: TLSSlot?,
        to name: TLSName = .service("profile")
    ) async throws -> Result<String, RPCError> {
        let (peer, channel) = try channel(tls, to: name)
        defer { channel.close() }
        do {
            let context = CallContext.root(timeout: .seconds(30))
            return .success(
                try await group.loops[0].run { try await peer.unary(TestEcho.who, Text("?"), context).value }
            )
        } catch let error as RPCError {
            return .failure(error)
        }
    }

    /// How often a metric's line has counted.
    func count(_ line: String) -> Int {
        for text in metrics.prometheusText().split(separator: "\n") where text.hasPrefix(line + " ") {
            return Int(text.dropFirst(line.count + 1)) ?? -1
        }
        return 0
    }
}
