import Config
import Contracts
import Foundation
import Logging
import Money
import Observe
import Plugin
import Postgres
import RPC
import Reactor
import Synchronization
import TestServers
import Testing

@testable import ProfileService
@testable import WalletService

/// The process died here.
struct Crash: Error {}

/// The wallet as the host runs it, beside the real profile, on databases of their own of one server; the market is a
/// fake.
final class WalletFixture: Sendable {
    private static let databases = Mutex(0)

    let plugin: WalletPlugin
    let profile: ProfilePlugin
    let proxy: ProfileProxy
    let market: FakeMarket
    let client: WalletClient
    let loops: EventLoopGroup
    private let images: TemporaryFolder
    private let doom = Mutex<FaultPoint?>(nil)
    /// The broker that orders go to; nil for paper.
    let alpaca: AlpacaServer?
    let configuration: (wallet: PostgresConfiguration, profile: PostgresConfiguration)

    var saga: TradeSaga { plugin.service.saga }
    var database: PostgresClient { plugin.database }

    /// Where the process dies next; nil once it has, or for not at all.
    var dies: FaultPoint? {
        get { doom.withLock { $0 } }
        set { doom.withLock { $0 = newValue } }
    }

    private init(
        _ server: PostgresServer,
        _ configuration: (wallet: PostgresConfiguration, profile: PostgresConfiguration),
        loops count: Int,
        times: TradeTimes,
        paper: [String: String],
        brokerage: Broker,
        beside other: WalletFixture?,
        served: (any MarketServing)?
    ) async throws {
        self.configuration = configuration
        let images = try TemporaryFolder()
        self.images = images
        let loops = try EventLoopGroup(count: count)
        self.loops = loops
        let market =
            other?.market ?? FakeMarket(mirror: brokerage == .alpaca ? images.file("prices") : nil)
        self.market = market
        alpaca =
            brokerage == .alpaca
            ? try other?.alpaca ?? AlpacaServer(["prices=\(images.file("prices"))"], loops: loops) : nil
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        func context(_ name: String, _ declared: [Setting], _ more: [String: String]) throws -> (
            PluginContext, PeerDirectory
        ) {
            let peers = PeerDirectory()
            let prefix = "LONJA_\(name.uppercased())_POSTGRES_"
            let database = name == "wallet" ? configuration.wallet.database : configuration.profile.database
            var variables = more
            variables["\(prefix)HOST"] = server.folder
            variables["\(prefix)USER"] = "postgres"
            variables["\(prefix)DATABASE"] = database
            variables["\(prefix)CONNECTIONS"] = "24"
            let context = PluginContext(
                name: name,
                version: "1",
                settings: try Settings(declared: declared, environment: variables),
                logger: logger,
                metrics: MetricRegistry(),
                loops: loops,
                peers: peers,
                slots: DriverSlotDirectory()
            )
            return (context, peers)
        }
        let (ofProfile, _) = try context(
            "profile",
            ProfilePlugin.settings,
            ["LONJA_PROFILE_IMAGES": images.path, "LONJA_PROFILE_ARGON2_MEMORY": "7168"]
        )
        profile = try ProfilePlugin(context: ofProfile)
        try await profile.migrate()
        let real = RPCPeer(name: "profile")
        real.bind(local: try RPCServiceTable(profile.services))
        let proxy = ProfileProxy(ProfileClient(real))
        self.proxy = proxy

        let (ofWallet, peers) = try context("wallet", WalletPlugin.settings, [:])
        let box = DoomBox()
        plugin = try WalletPlugin(
            context: ofWallet,
            times: times,
            faults: Faults(strike: { point in try box.strike(point) })
        )
        for (name, peer) in peers.all {
            if name == "profile" { peer.bind(local: try RPCServiceTable([proxy])) }
            if name == "market" { peer.bind(local: try RPCServiceTable([served ?? market])) }
        }
        let peer = RPCPeer(name: "wallet")
        peer.bind(local: try RPCServiceTable(plugin.services))
        client = WalletClient(peer)
        try await plugin.migrate()
        try await swap(to: brokerage, paper: paper)
        box.read = { [weak self] in self }
    }

    /// Leads from the plugin, which is made first, to the fixture.
    private final class DoomBox: @unchecked Sendable {
        // Set once, before any call is made.
        var read: () -> WalletFixture? = { nil }

        init() {}

        func strike(_ point: FaultPoint) throws {
            guard let fixture = read() else { return }
            let dies = fixture.doom.withLock { doom in
                guard doom == point else { return false }
                doom = nil
                return true
            }
            if dies { throw Crash() }
        }
    }

    /// Times that let tests be quick.
    static var quick: TradeTimes {
        var times = TradeTimes()
        times.lease = .milliseconds(20)
        times.interval = .milliseconds(20)
        times.answer = .milliseconds(400)
        times.grace = .zero
        return times
    }

    /// Runs a test on a loop of the fixture's, as calls run in the host.
    static func with<Result: Sendable>(
        loops: Int = 1,
        times: TradeTimes = WalletFixture.quick,
        paper: [String: String]? = nil,
        brokerage: Broker? = nil,
        beside other: WalletFixture? = nil,
        market served: (any MarketServing)? = nil,
        _ body: @escaping @Sendable (WalletFixture) async throws -> Result
    ) async throws -> Result {
        let server = try PostgresServer.shared.get()
        let configuration =
            if let other { other.configuration } else { try await makeDatabases(server) }
        let fixture = try await WalletFixture(
            server,
            configuration,
            loops: loops,
            times: times,
            paper: paper ?? Self.plainPaper,
            brokerage: brokerage ?? other?.broker ?? (paper == nil ? .usual : .paper),
            beside: other,
            served: served
        )
        do {
            let result = try await fixture.loops.next().run { try await body(fixture) }
            await fixture.end()
            return result
        } catch {
            await fixture.end()
            throw error
        }
    }

    private static func makeDatabases(
        _ server: PostgresServer
    ) async throws -> (wallet: PostgresConfiguration, profile: PostgresConfiguration) {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        let (wallet, profile) = (
            server.configuration(database: "wallet\(number)"), server.configuration(database: "cash\(number)")
        )
        let group = try EventLoopGroup(count: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let admin = try PostgresClient(server.configuration(), group: group, logger: logger)
        try await admin.execute("CREATE DATABASE \(identifier: wallet.database)")
        try await admin.execute("CREATE DATABASE \(identifier: profile.database)")
        admin.close()
        await group.stop()
        return (wallet, profile)
    }

    private func end() async {
        plugin.database.close()
        profile.database.close()
        let profile = profile
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                profile.service.passwords.shutdown()
                profile.service.photos.shutdown()
                continuation.resume()
            }
        }
        await loops.stop()
    }
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
