import Config
import Contracts
import Logging
import Observe
import RPC
import Reactor
import SwiftProtobuf
import Synchronization
import TestServers
import Testing
import Valkey

@testable import AuthService

/// All that needs a server: one after the other.
@Suite(.serialized) enum Integration {}

/// A random id in text.
enum UUIDText {
    static func random() -> String { Identifier.random().text }
}

/// Auth with a real store and a clock that tests move, and its peers as services of this process.
final class Fixture: Sendable {
    static let password = "correct horse battery"

    let server: StoreProcess
    let group: EventLoopGroup
    let profile = FakeProfile()
    let notification = FakeNotification()
    let service: AuthService
    let auth: AuthClient
    let client: ValkeyClient
    private let clock = Mutex(WallTime(secondsSinceEpoch: WallTime.now().secondsSinceEpoch))

    private init(
        _ server: StoreProcess,
        _ group: EventLoopGroup,
        _ settings: [String: String],
        _ servers: ValkeyServers?
    ) throws {
        self.server = server
        self.group = group
        let configuration = ValkeyConfiguration(try servers ?? .one(server.unix))
        client = ValkeyClient(configuration, group: group)
        let profilePeer = RPCPeer(name: "profile")
        profilePeer.bind(local: try RPCServiceTable([profile], observer: CallMetrics(MetricRegistry())))
        let notificationPeer = RPCPeer(name: "notification")
        notificationPeer.bind(local: try RPCServiceTable([notification], observer: CallMetrics(MetricRegistry())))
        // The clock is this object's, which is not complete yet.
        let now = Mutex<(@Sendable () -> WallTime)?>(nil)
        let read: @Sendable () -> WallTime = { now.withLock { $0 }?() ?? .now() }
        service = AuthService(
            store: client,
            settings: try Settings(declared: AuthSettings.declared, environment: settings).snapshot,
            profile: ProfileClient(profilePeer),
            notification: NotificationClient(notificationPeer),
            keys: SessionKeyRing(
                store: client,
                publicURL: "https://lonja.test",
                secrets: nil,
                logger: Logger(label: "test"),
                now: read,
                sleep: { _ in try await Task.sleep(for: .seconds(3600)) }
            ),
            google: nil,
            now: read
        )
        let peer = RPCPeer(name: "auth")
        peer.bind(local: try RPCServiceTable([service], observer: CallMetrics(MetricRegistry())))
        auth = AuthClient(peer)
        now.withLock { $0 = { [weak self] in self?.clock.withLock { $0 } ?? .now() } }
    }

    /// Runs a test on a loop, with a fresh server.
    static func run(
        loops: Int = 1,
        _ settings: [String: String] = [:],
        port: UInt16? = nil,
        servers: ValkeyServers? = nil,
        _ body: @escaping @Sendable (Fixture) async throws -> Void
    ) async throws {
        let server = try StoreProcess(port: port)
        try await server.start()
        defer { server.kill() }
        let group = try EventLoopGroup(count: loops)
        defer { group.shutdown() }
        try await group.loops[0].run {
            let fixture = try Fixture(server, group, settings, servers)
            defer { fixture.client.close() }
            try await body(fixture)
        }
    }

    var now: WallTime { clock.withLock { $0 } }

    func advance(_ duration: Duration) { clock.withLock { $0 = $0.advanced(by: duration) } }

    /// The context of somebody who is not logged in.
    func anonymous(_ address: String = "192.0.2.1", agent: String = "") -> CallContext {
        var context = CallContext.root(timeout: .seconds(20))
        try? context.outgoing.append(CallContext.addressMetadata, address)
        if !agent.isEmpty { try? context.outgoing.append(CallContext.agentMetadata, agent) }
        return context
    }

    /// The context of a session, as the gateway makes it.
    func context(_ session: AuthSession, address: String = "192.0.2.1") -> CallContext {
        var context = anonymous(address)
        try? context.outgoing.append(CallContext.clientMetadata, session.userID)
        try? context.outgoing.append(CallContext.sessionMetadata, session.id)
        try? context.outgoing.append(CallContext.authenticatedMetadata, "\(session.authenticatedAt.seconds)")
        return context
    }

    /// Logs somebody in.
    func login(
        _ email: String = "ana@example.com",
        _ password: String = Fixture.password,
        remember: Bool = false,
        device: String = "",
        replaced: String = "",
        address: String = "192.0.2.1",
        agent: String = ""
    ) async throws -> AuthLoginResponse {
        var request = AuthLoginRequest()
        request.email = email
        request.password = password
        request.remember = remember
        request.deviceToken = device
        request.replacedToken = replaced
        return try await auth.login(request, anonymous(address, agent: agent))
    }

    /// Verifies a token; nil for UNAUTHENTICATED.
    func verify(_ token: String, address: String = "192.0.2.1") async throws -> AuthVerifySessionResponse? {
        var request = AuthVerifySessionRequest()
        request.token = token
        do {
            return try await auth.verifySession(request, anonymous(address))
        } catch let error as RPCError where error.code == .unauthenticated {
            return nil
        }
    }

    func lives(_ token: String) async throws -> Bool { try await verify(token) != nil }

    /// What a call throws; nil if it does not.
    static func refusal(_ body: () async throws -> Void) async -> RPCError? {
        do {
            try await body()
            return nil
        } catch {
            return RPCError(mapping: error)
        }
    }

    func refusal(_ body: () async throws -> Void) async -> RPCError? { await Self.refusal(body) }

    func register(
        _ email: String,
        _ password: String = Fixture.password,
        address: String = "192.0.2.1"
    ) async throws {
        var request = AuthRegisterRequest()
        request.givenName = "Ana"
        request.familyName = "López"
        request.email = email
        request.password = password
        _ = try await auth.register(request, anonymous(address))
    }

    func confirmEmail(token: String = "", code: String = "", email: String = "", address: String = "192.0.2.1")
        async throws
    {
        var request = AuthConfirmEmailVerificationRequest()
        request.token = token
        request.code = code
        request.email = email
        _ = try await auth.confirmEmailVerification(request, anonymous(address))
    }

    func requestReset(_ email: String, address: String = "192.0.2.1") async throws {
        var request = AuthRequestPasswordResetRequest()
        request.email = email
        _ = try await auth.requestPasswordReset(request, anonymous(address))
    }

    func confirmReset(
        token: String = "",
        code: String = "",
        email: String = "",
        _ password: String,
        address: String = "192.0.2.1"
    ) async throws {
        var request = AuthConfirmPasswordResetRequest()
        request.token = token
        request.code = code
        request.email = email
        request.newPassword = password
        _ = try await auth.confirmPasswordReset(request, anonymous(address))
    }

    /// How often the store was told each command since the last time.
    func commands() async throws -> [String: Int] {
        let text = try await client.command("INFO", ["commandstats"]).value(String.self)
        _ = try await client.command("CONFIG", ["RESETSTAT"])
        var counts: [String: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cmdstat_") {
            let parts = line.split(separator: ":")
            let name = String(parts[0].dropFirst(8))
            guard !["info", "config|resetstat", "config"].contains(name) else { continue }
            counts[name] = Int(parts[1].split(separator: ",")[0].dropFirst(6))
        }
        return counts
    }

    /// All keys and values of the store, as one text.
    func everything() async throws -> String {
        var text = ""
        for key in try await client.command("KEYS", ["*"]).values(String.self) {
            text += key + "\n"
            let reply: ValkeyReply =
                switch try await client.command("TYPE", [key]).value(String.self) {
                case "hash": try await client.command("HGETALL", [key])
                case "zset": try await client.command("ZRANGE", [key, 0, -1])
                default: try await client.command("GET", [key])
                }
            let values: [[UInt8]] =
                if case .array = reply { try reply.values([UInt8].self) } else { [try reply.value()] }
            for value in values { text += String(decoding: value, as: UTF8.self) + "\n" }
        }
        return text
    }
}
