import Config
import Contracts
import Foundation
import Glibc
import Logging
import Observe
import Plugin
import Postgres
import RPC
import Reactor
import Synchronization
import TestServers
import Testing

@testable import ProfileService

/// The plugin as the host runs it, on a database of its own of the shared server, with a client that calls it.
final class ProfileFixture: Sendable {
    /// The costs of a hash that tests use which do not measure it.
    static let cheap = ["LONJA_PROFILE_ARGON2_MEMORY": "7168", "LONJA_PROFILE_ARGON2_PASSES": "1"]
    private static let databases = Mutex(0)

    let plugin: ProfilePlugin
    let client: ProfileClient
    let auth = FakeAuth()
    let loops: EventLoopGroup
    let images: String
    private let folder: TemporaryFolder
    let metrics = MetricRegistry()
    let server: PostgresServer
    let configuration: PostgresConfiguration

    var database: PostgresClient { plugin.database }
    var service: ProfileService { plugin.service }

    /// - Parameter database: of another fixture, to be a second replica; nil for a new one.
    private init(
        _ server: PostgresServer,
        _ configuration: PostgresConfiguration,
        loops count: Int,
        environment: [String: String]
    ) async throws {
        self.server = server
        self.configuration = configuration
        folder = try TemporaryFolder()
        images = folder.path
        loops = try EventLoopGroup(count: count)
        var variables = Self.cheap
        variables["LONJA_PROFILE_POSTGRES_HOST"] = server.folder
        variables["LONJA_PROFILE_POSTGRES_USER"] = "postgres"
        variables["LONJA_PROFILE_POSTGRES_DATABASE"] = configuration.database
        variables["LONJA_PROFILE_IMAGES"] = images
        variables.merge(environment) { $1 }
        let peers = PeerDirectory()
        let context = PluginContext(
            name: "profile",
            version: "1",
            settings: try Settings(declared: ProfilePlugin.settings, environment: variables),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: metrics,
            loops: loops,
            peers: peers,
            slots: DriverSlotDirectory()
        )
        plugin = try ProfilePlugin(context: context)
        for (name, peer) in peers.all where name == "auth" { peer.bind(local: try RPCServiceTable([auth])) }
        let peer = RPCPeer(name: "profile")
        peer.bind(local: try RPCServiceTable(plugin.services))
        client = ProfileClient(peer)
        try await plugin.migrate()
    }

    /// Runs a test on a loop of the fixture's, as calls run in the host.
    static func with<Result: Sendable>(
        loops: Int = 1,
        environment: [String: String] = [:],
        server: PostgresServer? = nil,
        _ body: @escaping @Sendable (ProfileFixture) async throws -> Result
    ) async throws -> Result {
        let server = try server ?? PostgresServer.shared.get()
        var configuration = server.configuration()
        let number = databases.withLock { count in
            count += 1
            return count
        }
        configuration.database = "profile\(number)"
        let group = try EventLoopGroup(count: 1)
        let admin = try PostgresClient(
            server.configuration(),
            group: group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await admin.execute("CREATE DATABASE \(identifier: configuration.database)")
        admin.close()
        await group.stop()
        let fixture = try await ProfileFixture(server, configuration, loops: loops, environment: environment)
        do {
            let result = try await fixture.loops.next().run { try await body(fixture) }
            await fixture.end()
            return result
        } catch {
            await fixture.end()
            throw error
        }
    }

    private func end() async {
        database.close()
        let service = service
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                service.passwords.shutdown()
                service.photos.shutdown()
                continuation.resume()
            }
        }
        await loops.stop()
    }

    // MARK: Calls

    /// A call for a client who has logged in `ago` seconds ago.
    func context(_ client: String? = nil, ago: Int64? = 1, timeout: Duration = .seconds(20)) -> CallContext {
        var context = CallContext.root(timeout: timeout)
        func add(_ name: String, _ value: String) { try? context.outgoing.append(name, value) }
        if let client { add(CallContext.clientMetadata, client) }
        if let ago { add(CallContext.authenticatedMetadata, "\(WallTime.now().secondsSinceEpoch - ago)") }
        add(CallContext.addressMetadata, "192.0.2.7")
        return context
    }

    static let password = "correct horse battery"

    func create(
        _ email: String,
        password: String = ProfileFixture.password,
        given: String = "Ana",
        family: String = "García"
    ) async throws -> ProfileCreateAccountResponse {
        var request = ProfileCreateAccountRequest()
        request.email = email
        request.password = password
        request.givenName = given
        request.familyName = family
        request.language = "es"
        return try await client.createAccount(request, context())
    }

    /// An account whose address is verified. Gives its id.
    func verified(_ email: String, password: String = ProfileFixture.password) async throws -> String {
        let id = try await create(email, password: password).account.userID
        _ = try await confirm(id, email)
        return id
    }

    func confirm(_ id: String, _ email: String) async throws -> ProfileConfirmEmailResponse {
        var request = ProfileConfirmEmailRequest()
        request.userID = id
        request.email = email
        return try await client.confirmEmail(request, context())
    }

    func verify(_ email: String, _ password: String) async throws -> ProfileAccount {
        var request = ProfileVerifyPasswordRequest()
        request.email = email
        request.password = password
        return try await client.verifyPassword(request, context())
    }

    func adopt(_ subject: String, _ email: String, issuer: String = "https://issuer.example") async throws
        -> ProfileAdoptIdentityResponse
    {
        var request = ProfileAdoptIdentityRequest()
        request.identity.issuer = issuer
        request.identity.subject = subject
        request.email = email
        request.givenName = "Gina"
        request.familyName = "Google"
        request.language = "en-GB"
        return try await client.adoptIdentity(request, context())
    }

    func person(_ id: String) async throws -> ProfilePerson {
        try await client.getProfile(ProfileGetProfileRequest(), context(id))
    }

    func put(_ id: String, _ file: [UInt8]) async throws -> String {
        try await client.putPhoto(context(id)) { writer in
            for start in stride(from: 0, to: file.count, by: 100_000) {
                var chunk = ProfileChunk()
                chunk.data.append(contentsOf: file[start..<min(start + 100_000, file.count)])
                try await writer.write(chunk)
            }
        }.etag
    }

    func photo(_ id: String, size: Int32 = 0) async throws -> (jpeg: [UInt8], tag: String?) {
        var request = ProfileGetPhotoRequest()
        request.size = size
        var call = context(id)
        let answer = ResponseMetadata()
        call.received = answer
        let jpeg = try await client.getPhoto(request, call) { try await Self.collect($0) }
        return (jpeg, answer.initial["lonja-etag"])
    }

    static func collect(_ reader: RPCReader<ProfileChunk>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in reader { bytes.append(contentsOf: chunk.data) }
        return bytes
    }

    /// How many hashes there were.
    var hashes: UInt64 { service.passwords.count }
}

/// The status that `body` throws; nil if it throws none.
func refusal(_ body: () async throws -> Void) async -> RPCError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? RPCError ?? (error as? any StatusConvertible)?.status
            ?? RPCError(.unknown, "not a status: \(error)")
    }
}
