import Synchronization

/// Holds the driver that serves a port, and changes it while calls go on.
///
/// A swap makes the new driver, probes it, switches for all calls that begin from then on, waits for those under way in
/// the old one, and closes that. Whatever fails before the switch leaves the old driver serving.
public final class DriverSlot<Port: Sendable>: Sendable {
    /// How long parts of a swap may take.
    public struct Limits: Sendable {
        /// For `probe`.
        public var probe: Duration
        /// For calls that are under way in the old driver after a swap.
        public var drain: Duration
        /// For those under way when the process ends.
        public var end: Duration
        /// For `close`.
        public var close: Duration

        /// Ten seconds for `probe`, five for `close`. A quarter of an hour for the calls, as nobody waits for them, and one
        /// that is cut off may have been done; but thirty seconds at the end of the process.
        public init(
            probe: Duration = .seconds(10),
            drain: Duration = .seconds(900),
            end: Duration = .seconds(30),
            close: Duration = .seconds(5)
        ) {
            self.probe = probe
            self.drain = drain
            self.end = end
            self.close = close
        }
    }

    struct State {
        var occupant: DriverOccupant<Port>?
        var previous: DriverIdentity?
        var draining: [DriverOccupant<Port>] = []
        var isSwapping = false
        var isClosed = false
        var generation = 0
        var abandoned = 0
        var failures = 0
        var recentFailures: [DriverFailure] = []
        var lastFailure: String?
    }

    /// The slot's name, such as `market.quotes`.
    public let name: String
    let limits: Limits
    let pause: @Sendable (Duration) async throws -> Void
    let state = Mutex(State())

    /// An empty slot.
    /// - Parameter pause: waits that long, or until its task is cancelled; then it throws.
    public init(
        _ name: String,
        limits: Limits = Limits(),
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.name = name
        self.limits = limits
        self.pause = pause
    }

    /// The driver that serves now, for a look at it; calls go through `use`, which the drain waits for.
    /// - Throws: `DriverError` with code `empty`.
    public var current: Port {
        get throws(DriverError) {
            guard let occupant = state.withLock({ $0.occupant }) else { throw empty }
            return occupant.port
        }
    }

    /// How many drivers have served so far: changes with each swap. Any thread; cheap.
    public var generation: Int { state.withLock { $0.generation } }

    /// Calls the driver that serves now. A swap lets `body` end before it closes that driver.
    /// - Throws: `DriverError` with code `empty`, and what `body` throws.
    public func use<Result>(_ body: (Port) async throws -> Result) async throws -> Result {
        let occupant = state.withLock { state in
            state.occupant?.enter()
            return state.occupant
        }
        guard let occupant else { throw empty }
        defer { occupant.leave() }
        return try await body(occupant.port)
    }

    private var empty: DriverError {
        DriverError(.empty, slot: name, driver: nil, "no driver serves yet; set \(name).driver")
    }
}
