import Config
import Contracts
import HTTP
import Logging
import Observe
import Plugin
import RPC
import Reactor
import Testing

@testable import GatewayService

/// The gateway in front of services that follow the contracts, and a client without a network.
final class Fixture: Sendable {
    static let cookie = "lonja=\(FakeAuth.token)"

    let auth = FakeAuth()
    let profile = FakeProfile()
    let notification = FakeNotification()
    let plugin: GatewayPlugin
    private let handler: RESTHandler

    /// - Parameter environment: `LONJA_…` variables.
    init(_ environment: [String: String] = [:]) throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let peers = PeerDirectory()
        let context = PluginContext(
            name: "gateway",
            version: "1",
            settings: try Self.settings(environment),
            logger: Logger(label: "gateway"),
            metrics: MetricRegistry(),
            loops: loops,
            peers: peers,
            slots: DriverSlotDirectory()
        )
        plugin = try GatewayPlugin(context: context)
        let table = try RPCServiceTable([auth, profile, notification, FakeMarket()])
        for peer in peers.all { peer.peer.bind(local: table) }
        handler = try RESTHandler(plugin.routes, catalogue: .api)
    }

    /// The gateway's settings.
    static func settings(_ environment: [String: String]) throws -> Settings {
        try Settings(declared: GatewayPlugin.settings, environment: environment)
    }

    /// - Parameter remote: "address:port" of the socket's peer.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        _ fields: HTTPFields = [:],
        _ body: String = "",
        remote: String = "192.0.2.7:4711"
    ) async -> HTTPResponse {
        var fields = fields
        if !body.isEmpty, !fields.contains("content-type") { fields["content-type"] = "application/json" }
        let head = HTTPRequestHead(
            method: method,
            authority: "evil.example",
            target: target.hasPrefix("/healthz") || target.hasPrefix("/hooks/") ? target : "/api/v1" + target,
            fields: fields,
            version: .http1_1
        )
        let request = HTTPRequest(head: head, body: HTTPBody(Array(body.utf8)), remote: SocketAddress(parsing: remote))
        return await handler.handle(request)
    }

    /// The fields of a request of our own page with the session's cookie.
    static func own(_ more: HTTPFields = [:]) -> HTTPFields {
        var fields: HTTPFields = ["cookie": cookie, "x-csrf-token": FakeAuth.csrf]
        fields.append(contentsOf: more)
        return fields
    }
}

extension HTTPResponse {
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    var cookies: [String] { fields.values(for: "set-cookie") }
}
