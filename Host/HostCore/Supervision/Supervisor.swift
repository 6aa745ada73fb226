import Config
import HTTP
import Logging
import Observe
import Plugin
import RPC
import Reactor
import Synchronization
import TLS
import UnixSignals

/// The life of the plugins of a process. Everything runs on its loops.
final class Supervisor: Sendable {
    let options: HostOptions
    let settings: Settings
    let group: EventLoopGroup
    let copies: PrivateCopies
    let metrics = MetricRegistry()
    let abuse: AbuseMeter
    let phase = HostPhase()
    let peers = PeerDirectory()
    let slots = DriverSlotDirectory()
    let drivers: DriverSupervisor
    let certificates = CertificateWatcher()
    let logger = Logger(label: "host")
    let plugins: Mutex<[RunningPlugin]> = Mutex([])
    let health: Mutex<HealthService?> = Mutex(nil)
    /// What listens and what leads elsewhere, for those who look.
    let servers: Mutex<Servers?> = Mutex(nil)
    let channels: Mutex<[(service: String, channel: RPCChannel)]> = Mutex([])
    private let loaded: [LoadedLibrary]
    private let types: [any Plugin.Type]
    let started: @Sendable (HostAddresses) -> Void

    init(
        _ assembly: PluginAssembly,
        options: HostOptions,
        group: EventLoopGroup,
        copies: PrivateCopies,
        started: @escaping @Sendable (HostAddresses) -> Void
    ) {
        self.options = options
        self.settings = assembly.settings
        self.group = group
        self.copies = copies
        self.started = started
        self.abuse = AbuseMeter(self.metrics)
        self.loaded = assembly.plugins.map(\.library)
        self.types = assembly.plugins.map(\.type)
        self.drivers = DriverSupervisor(assembly, metrics: self.metrics, loops: group, slots: self.slots)
    }

    /// Starts everything, serves, and ends everything. On a loop.
    func run() async throws -> ExitCode {
        try DrainPlan(self.settings.snapshot).check(self.settings.snapshot)
        self.registerMetrics()
        let admin = try await self.startAdmin()
        let running = try self.make()
        self.registerMetrics(of: running)
        self.registerSlotMetrics()
        self.phase.set(.starting("drivers"))
        try await self.drivers.fill()
        try await self.migrate(running)
        let exporter = try self.makeExporter()
        let table = try self.table(running)
        let tls = try self.readCertificates(running)
        let policy = try self.policy(running, table)
        try self.bindPeers(running, table, policy, tls.rpc)
        self.phase.set(.starting("listeners"))
        // From the first moment that anybody can see this process serve, a signal drains it.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let servers = try await self.startServers(
            table,
            routes: running.flatMap { $0.plugin.routes },
            site: try self.site(of: running),
            admin: admin,
            tls: tls,
            policy: policy
        )
        self.servers.withLock { $0 = servers }
        return try await self.serve(running, servers, exporter, until: signals) {
            await self.followCallerRules(running, table, policy)
        }
    }

    /// What `/readyz` and the health service say, changed together.
    func enter(_ phase: HostPhase.Value) {
        self.phase.set(phase)
        self.health.withLock { $0 }?.setAll(serving: phase == .ready)
    }

    /// Makes the plugins and migrates them, for `lonja migrate`.
    func migrateOnly() async throws {
        let running = try self.make()
        try self.bindPeers([], nil, nil, try HostTLS.read(self.settings.snapshot, metrics: nil).rpc)
        try await self.migrate(running)
    }

    private func make() throws(StartError) -> [RunningPlugin] {
        var running: [RunningPlugin] = []
        for (library, type) in zip(self.loaded, self.types) {
            let name = library.stamp.name
            let context = PluginContext(
                name: name,
                version: library.stamp.version,
                settings: self.settings,
                logger: Logger(label: name),
                metrics: self.metrics,
                loops: self.group,
                peers: self.peers,
                slots: self.slots,
                certificates: self.certificates
            )
            do {
                running.append(RunningPlugin(name: name, library: library, plugin: try type.init(context: context)))
            } catch let error as ConfigurationError {
                throw StartError(.configuration, "plugin \(name): \(error.description)")
            } catch {
                throw StartError(.internalError, "plugin \(name) (\(library.path)) cannot be made: \(error)")
            }
        }
        let made = running
        self.plugins.withLock { $0 = made }
        return running
    }

    private func migrate(_ running: [RunningPlugin]) async throws(StartError) {
        for entry in running {
            self.phase.set(.starting("migration of \(entry.name)"))
            do {
                try await entry.plugin.migrate()
            } catch {
                throw StartError(.dependencyUnavailable, "plugin \(entry.name): its store cannot be migrated: \(error)")
            }
        }
    }

    private func table(_ running: [RunningPlugin]) throws(StartError) -> RPCServiceTable {
        let services = running.flatMap { $0.plugin.services }
        let health = HealthService(services: services.map { type(of: $0).serviceDescriptor.name })
        health.setAll(serving: false)
        self.health.withLock { $0 = health }
        let own: [any RPCService] = [health] + ReflectionService.both(describing: services + [health])
        do {
            return try RPCServiceTable(services + own, observer: CallMetrics(self.metrics))
        } catch {
            throw StartError(.internalError, "the services do not go together: \(error)")
        }
    }

    /// Every peer that a plugin asked for: to the table if its plugin is of this process, else to a channel.
    private func bindPeers(
        _ running: [RunningPlugin],
        _ table: RPCServiceTable?,
        _ policy: CallerPolicy?,
        _ certificates: TLSSlot?
    ) throws(StartError) {
        let local = Set(running.map(\.name))
        let limits = try RPCChannelConfiguration(self.settings.snapshot)
        let calls = ClientCallMetrics(self.metrics)
        for (name, peer) in self.peers.all {
            if let table, local.contains(name) {
                peer.bind(local: table, policy: policy)
                continue
            }
            if let known = self.channels.withLock({ channels in channels.first { $0.service == name } }) {
                peer.bind(remote: known.channel, metrics: calls)
                continue
            }
            let text = self.options.target(of: name)
            guard let target = RPCTarget(text) else {
                let variable = HostOptions.addressVariable(of: name)
                throw StartError(
                    .usage,
                    "\(variable)=\(text) is no target; use dns:///\(name):50051, 127.0.0.1:50051 (several with commas) or unix:/path"
                )
            }
            var configuration = limits
            configuration.metrics = calls
            configuration.tls = certificates.map { RPCChannelTLS($0, service: name) }
            let channel = RPCChannel(target, group: self.group, configuration: configuration)
            channel.show(in: self.metrics)
            self.channels.withLock { $0.append((name, channel)) }
            peer.bind(remote: channel, metrics: calls)
        }
    }
}
