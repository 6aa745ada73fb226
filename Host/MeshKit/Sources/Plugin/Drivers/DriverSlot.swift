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
        /// For calls that are under way in the old driver.
        public var drain: Duration

        /// Ten seconds for `probe`, thirty for the calls.
        public init(probe: Duration = .seconds(10), drain: Duration = .seconds(30)) {
            self.probe = probe
            self.drain = drain
        }
    }

    private struct State {
        var occupant: DriverOccupant<Port>?
        var isSwapping = false
        var isClosed = false
        var generation = 0
        var lastFailure: String?
    }

    /// The slot's name, such as `market.quotes`.
    public let name: String
    private let limits: Limits
    private let pause: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())

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

extension DriverSlot: AnyDriverSlot {
    /// What it holds now.
    public var status: DriverStatus {
        state.withLock { state in
            DriverStatus(
                slot: name,
                driver: state.occupant?.name,
                version: state.occupant?.version,
                since: state.occupant?.since,
                inFlight: state.occupant?.inFlight ?? 0,
                generation: state.generation,
                lastFailure: state.lastFailure
            )
        }
    }

    /// Puts a new driver in the place of the old one. Returns when the old one is closed.
    /// - Throws: ``DriverError``; then the old one still serves.
    public func swap(
        to driver: any Driver.Type,
        context: DriverContext
    ) async throws(DriverError) -> DriverSwapReport {
        try begin(context.name)
        defer { state.withLock { $0.isSwapping = false } }
        let new: DriverOccupant<Port>
        do {
            new = try await make(driver, context)
        } catch {
            state.withLock { $0.lastFailure = error.description }
            throw error
        }
        let old = state.withLock { state in
            state.generation += 1
            state.lastFailure = nil
            defer { state.occupant = new }
            return state.occupant
        }
        let abandoned = await retire(old)
        return DriverSwapReport(replaced: old?.name, driver: new.name, abandonedCalls: abandoned)
    }

    /// Drains and closes the driver, at the end of the process; `use` then throws `empty`.
    public func close() async {
        let old = state.withLock { state in
            state.isClosed = true
            defer { state.occupant = nil }
            return state.occupant
        }
        _ = await retire(old)
    }

    private func begin(_ driver: String) throws(DriverError) {
        let refusal = state.withLock { state -> DriverError? in
            if state.isClosed { return DriverError(.closed, slot: name, driver: driver, "the process is ending") }
            if state.isSwapping {
                return DriverError(.busy, slot: name, driver: driver, "another swap is under way; try again")
            }
            state.isSwapping = true
            return nil
        }
        if let refusal { throw refusal }
    }

    private func make(
        _ type: any Driver.Type,
        _ context: DriverContext
    ) async throws(DriverError) -> DriverOccupant<Port> {
        let driver: any Driver
        do {
            driver = try type.init(context: context)
        } catch {
            throw failure(.makeFailed, context, "cannot be made: \(error)", error)
        }
        guard let port = driver as? Port else {
            throw failure(.wrongPort, context, "is not a driver for this slot", nil)
        }
        do {
            try await withLimit(limits.probe) { try await driver.probe() }
        } catch {
            await driver.close()
            throw failure(.probeFailed, context, "probe failed: \(error)", error)
        }
        return DriverOccupant(driver: driver, port: port, name: context.name, version: context.version)
    }

    /// Waits for the calls under way, as long as the limit allows, and closes. Returns how many were left.
    private func retire(_ occupant: DriverOccupant<Port>?) async -> Int {
        guard let occupant else { return 0 }
        try? await withLimit(limits.drain) { await occupant.drain() }
        let left = occupant.inFlight
        await occupant.driver.close()
        return left
    }

    private func failure(
        _ code: DriverError.Code,
        _ context: DriverContext,
        _ message: String,
        _ cause: (any Error)?
    ) -> DriverError {
        DriverError(code, slot: name, driver: context.name, message, cause: cause)
    }

    private struct TookTooLong: Error, CustomStringConvertible {
        let limit: Duration
        var description: String { "no answer within \(limit)" }
    }

    /// Runs `body`, and cancels it after `limit`.
    private func withLimit(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let pause = pause
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await pause(limit)
                throw TookTooLong(limit: limit)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
