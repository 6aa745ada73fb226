public import Config
public import Logging
public import Observe
public import Reactor

/// What the host gives a driver.
public struct DriverContext: Sendable {
    /// The driver's name, from its stamp.
    public let name: String
    /// The driver's version, from its stamp.
    public let version: String
    /// SHA-256 of the driver's library, 64 hexadecimal digits; empty where it comes from none.
    public let build: String
    /// The slot it is for, such as `market.quotes`.
    public let slot: String
    /// The configuration of the process.
    public let settings: Settings
    /// A logger labelled with the slot and the driver's name.
    public let logger: Logger
    /// The metrics of the process.
    public let metrics: MetricRegistry
    /// The loops everything runs on, and the pool for what must block.
    public let loops: EventLoopGroup

    /// For the host and for tests.
    public init(
        name: String,
        version: String,
        build: String = "",
        slot: String,
        settings: Settings,
        logger: Logger,
        metrics: MetricRegistry,
        loops: EventLoopGroup
    ) {
        self.name = name
        self.version = version
        self.build = build
        self.slot = slot
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
        self.loops = loops
    }
}
