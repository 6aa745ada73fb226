public import Observe

/// Which build of which driver.
public struct DriverIdentity: Sendable, Hashable {
    /// The driver's name, such as `smtp`.
    public let name: String
    /// Its version, from its stamp.
    public let version: String
    /// SHA-256 of its library, 64 hexadecimal digits; empty for a driver that came from none.
    public let build: String

    /// An identity; for the host and for tests.
    public init(name: String, version: String, build: String) {
        self.name = name
        self.version = version
        self.build = build
    }
}

/// Why a slot did not take a driver.
public struct DriverFailure: Sendable, Hashable {
    /// When.
    public let time: WallTime
    /// The driver that was wanted.
    public let driver: String
    /// One line.
    public let reason: String
}

/// A driver that no longer gets calls and has not been closed yet.
public struct DriverDrain: Sendable, Hashable {
    /// Which one.
    public let driver: DriverIdentity
    /// Calls that are still under way in it.
    public let inFlight: Int
}

/// What a slot holds at this moment, for `/drivers`, `/plugins` and the log.
public struct DriverStatus: Sendable {
    /// The slot, such as `market.quotes`.
    public let slot: String
    /// The driver that serves; nil if there is none.
    public let current: DriverIdentity?
    /// Since when it serves.
    public let since: WallTime?
    /// Calls under way in it.
    public let inFlight: Int
    /// Calls that began in it.
    public let calls: Int
    /// The driver before; nil if there was none.
    public let previous: DriverIdentity?
    /// Drivers that wait for their last calls.
    public let draining: [DriverDrain]
    /// How many drivers this slot has had.
    public let generation: Int
    /// Calls that had not ended when their driver was closed.
    public let abandonedCalls: Int
    /// How many swaps failed.
    public let failures: Int
    /// The last ten of them, the newest last.
    public let recentFailures: [DriverFailure]
    /// Why the last swap failed; nil once one succeeds.
    public let lastFailure: String?

    /// The name of the driver that serves.
    public var driver: String? { current?.name }
    /// Its version.
    public var version: String? { current?.version }
}

/// What a swap did.
public struct DriverSwapReport: Sendable {
    /// The driver before; nil if there was none.
    public let replaced: String?
    /// The driver that serves now.
    public let driver: String
    /// Which build it is.
    public let identity: DriverIdentity
    /// Calls that had not ended when the old driver was closed; 0 after a clean drain.
    public let abandonedCalls: Int
}
