public import Config
public import Logging
public import Observe
public import Postgres
public import RPC
public import Reactor
public import TLS
public import Valkey

/// What the host gives a plugin.
public struct PluginContext: Sendable {
    /// The plugin's name, from its stamp.
    public let name: String
    /// The plugin's version, from its stamp.
    public let version: String
    /// The configuration of the process.
    public let settings: Settings
    /// A logger labelled with the plugin's name.
    public let logger: Logger
    /// The metrics of the process.
    public let metrics: MetricRegistry
    /// The loops everything runs on, and the pool for what must block.
    public let loops: EventLoopGroup
    private let peers: PeerDirectory
    private let slots: DriverSlotDirectory
    private let certificates: CertificateWatcher

    /// For the host and for tests.
    public init(
        name: String,
        version: String,
        settings: Settings,
        logger: Logger,
        metrics: MetricRegistry,
        loops: EventLoopGroup,
        peers: PeerDirectory,
        slots: DriverSlotDirectory,
        certificates: CertificateWatcher = CertificateWatcher()
    ) {
        self.name = name
        self.version = version
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
        self.loops = loops
        self.peers = peers
        self.slots = slots
        self.certificates = certificates
    }

    /// Where the service `plugin` is: in this process, or at `LONJA_ADDRESS_<PLUGIN>`.
    ///
    /// The host binds it before anything runs; asking for it during `init` is right, calling it is not.
    public func peer(_ plugin: StaticString) -> RPCPeer { peers.peer(plugin.description, for: name) }

    /// A client of this plugin's database, as `<plugin>.postgres.…` says; nil if no host is set. The plugin's settings have
    /// `PostgresSettings.declared(for:)`. Nothing is connected yet.
    /// - Throws: `PostgresError` for settings that do not go together.
    public func postgres() throws -> PostgresClient? {
        guard let configuration = PostgresSettings.read(settings.snapshot, for: name) else { return nil }
        return try PostgresClient(configuration, group: loops, logger: logger, metrics: metrics)
    }

    /// A client of this plugin's Valkey, as `<plugin>.valkey.…` says; nil if no address is set. The plugin's settings have
    /// `ValkeySettings.declared(for:)`. Nothing is connected yet.
    /// - Throws: `ConfigurationError` for an address that is none, and for authorities that cannot be read.
    public func valkey() throws -> ValkeyClient? {
        guard var configuration = try ValkeySettings.read(settings.snapshot, for: name) else { return nil }
        configuration.tls = try ValkeySettings.tls(settings.snapshot, for: name, metrics: metrics)
        if let slot = configuration.tls { certificates.add(slot) }
        return ValkeyClient(configuration, group: loops, metrics: metrics)
    }

    /// The slot `name`, such as `market.quotes`, for drivers of `port`: `slot("market.quotes", (any QuoteSource).self)`.
    ///
    /// The host puts the driver that `<name>.driver` names into it before `run`, and others while the process runs.
    public func slot<Port: Sendable>(_ name: StaticString, _ port: Port.Type) -> DriverSlot<Port> {
        let loops = loops
        return slots.slot(name.description, port) { duration in
            let loop = loops.next()
            try await loop.run { try await loop.sleep(for: duration) }
        }
    }
}
