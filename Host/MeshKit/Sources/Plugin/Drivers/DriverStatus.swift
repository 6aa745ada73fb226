public import Reactor

/// What a slot holds at this moment, for `/plugins` and the log.
public struct DriverStatus: Sendable {
    /// The slot, such as `market.quotes`.
    public let slot: String
    /// The driver that serves; nil if there is none.
    public let driver: String?
    /// Its version.
    public let version: String?
    /// Since when it serves.
    public let since: MonotonicTime?
    /// Calls under way in it.
    public let inFlight: Int
    /// How many drivers this slot has had.
    public let generation: Int
    /// Why the last swap failed; nil once one succeeds.
    public let lastFailure: String?
}

/// What a swap did.
public struct DriverSwapReport: Sendable {
    /// The driver before; nil if there was none.
    public let replaced: String?
    /// The driver that serves now.
    public let driver: String
    /// Calls that had not ended when the old driver was closed; 0 after a clean drain.
    public let abandonedCalls: Int
}
