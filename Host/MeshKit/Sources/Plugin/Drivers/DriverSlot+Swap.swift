import Observe
import Reactor
import Synchronization

extension DriverSlot: AnyDriverSlot {
    /// What it holds now.
    public var status: DriverStatus {
        state.withLock { state in
            DriverStatus(
                slot: name,
                current: state.occupant?.identity,
                since: state.occupant?.since,
                inFlight: state.occupant?.inFlight ?? 0,
                calls: state.occupant?.calls ?? 0,
                previous: state.previous,
                draining: state.draining.map { DriverDrain(driver: $0.identity, inFlight: $0.inFlight) },
                generation: state.generation,
                abandonedCalls: state.abandoned,
                failures: state.failures,
                recentFailures: state.recentFailures,
                lastFailure: state.lastFailure
            )
        }
    }

    /// Makes and probes a driver, and lets it serve from now on. The old one is left to be ended by the result; meanwhile
    /// the slot may be swapped again.
    /// - Throws: ``DriverError``; then the old one still serves.
    public func replace(
        with driver: any Driver.Type,
        context: DriverContext
    ) async throws(DriverError) -> DriverReplacement {
        try begin(context.name)
        defer { state.withLock { $0.isSwapping = false } }
        let new: DriverOccupant<Port>
        do throws(DriverError) {
            new = try await make(driver, context)
        } catch {
            note(failure: error.description, driver: context.name)
            throw error
        }
        let (isClosed, old) = state.withLock { state -> (Bool, DriverOccupant<Port>?) in
            guard !state.isClosed else { return (true, nil) }
            let old = state.occupant
            state.generation += 1
            state.lastFailure = nil
            state.occupant = new
            if let old {
                state.previous = old.identity
                state.draining.append(old)
            }
            return (false, old)
        }
        guard !isClosed else {
            await close(new.driver)
            throw ending(context.name)
        }
        return DriverReplacement(replaced: old?.identity, driver: new.identity) { [self] in
            await retire(old, within: limits.drain)
        }
    }

    /// Notes that a driver was wanted and did not come to serve.
    public func note(failure reason: String, driver: String) {
        state.withLock { state in
            state.failures += 1
            state.lastFailure = reason
            state.recentFailures.append(DriverFailure(time: .now(), driver: driver, reason: reason))
            if state.recentFailures.count > 10 { state.recentFailures.removeFirst() }
        }
    }

    /// Drains and closes the driver, at the end of the process; `use` then throws `empty`.
    public func close() async {
        let old = state.withLock { state in
            state.isClosed = true
            if let occupant = state.occupant { state.draining.append(occupant) }
            return state.occupant.take()
        }
        _ = await retire(old, within: limits.end)
    }

    // MARK: Steps

    private func begin(_ driver: String) throws(DriverError) {
        let refusal = state.withLock { state -> DriverError? in
            if state.isClosed { return ending(driver) }
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
            // Opens libraries, reads certificates: cheap for a start, long for a loop.
            driver = try await context.loops.blocking.run { try type.init(context: context) }
        } catch {
            throw failure(.makeFailed, context, "cannot be made: \(error)", error)
        }
        guard let port = driver as? Port else {
            throw failure(.wrongPort, context, "is not a driver for this slot", nil)
        }
        do {
            try await DriverDeadline.run(limits.probe, pause: pause) { try await driver.probe() }
        } catch {
            await close(driver)
            throw failure(.probeFailed, context, "probe failed: \(error)", error)
        }
        let identity = DriverIdentity(name: context.name, version: context.version, build: context.build)
        return DriverOccupant(driver: driver, port: port, identity: identity)
    }

    /// Waits for the calls under way, as long as the limit allows, and closes. Returns how many were left.
    private func retire(_ occupant: DriverOccupant<Port>?, within limit: Duration) async -> Int {
        guard let occupant else { return 0 }
        try? await DriverDeadline.run(limit, pause: pause) { await occupant.drain() }
        let left = occupant.inFlight
        await close(occupant.driver)
        state.withLock { state in
            state.draining.removeAll { $0 === occupant }
            state.abandoned += left
        }
        return left
    }

    private func close(_ driver: any Driver) async {
        // One that does not end is left behind; its code is never unloaded anyway.
        try? await DriverDeadline.run(limits.close, pause: pause) { await driver.close() }
    }

    private func ending(_ driver: String) -> DriverError {
        DriverError(.closed, slot: name, driver: driver, "the process is ending")
    }

    private func failure(
        _ code: DriverError.Code,
        _ context: DriverContext,
        _ message: String,
        _ cause: (any Error)?
    ) -> DriverError {
        DriverError(code, slot: name, driver: context.name, message, cause: cause)
    }
}
