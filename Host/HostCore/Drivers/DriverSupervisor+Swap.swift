import Config
import Logging
import Observe
import Plugin
import Reactor
import Synchronization

extension DriverSupervisor {
    /// Swaps to `driver`: load → make → probe → switch; the drain of the old one, and its end, are not waited for. Whatever
    /// fails before the switch leaves the old one serving.
    ///
    /// One swap of a slot at a time; of requests that wait for it only the last is done, the others fail with `superseded`.
    @discardableResult
    func swap(_ slot: String, to driver: String) async throws -> SwapRequest.Done {
        let answer = await withCheckedContinuation { continuation in
            self.submit(SwapRequest(slot: slot, driver: driver, waiter: continuation))
        }
        return try answer.get()
    }

    /// Lets a request begin, or wait.
    func submit(_ request: SwapRequest) {
        guard self.slots.find(request.slot) != nil else {
            let known = self.slots.all.map(\.name).joined(separator: ", ")
            let line = "no plugin of this process has the slot \(request.slot); there are: \(known)"
            return self.refuse(request, LoadError(.missing, plugin: request.driver, line))
        }
        let entry = self.state.withLock { state -> SwapTurns<SwapRequest>.Entry? in
            guard !state.isEnded else { return nil }
            if request.generation == nil { state.wanted[request.slot] = request.driver }
            let entry = state.turns[request.slot, default: SwapTurns()].enter(request)
            if case .begin = entry { state.active[request.slot] = request }
            return entry
        }
        switch entry {
        case nil:
            request.answer(.failure(Self.ending(request)))
        case .begin?:
            if case .terminated = self.begin.yield(request) { request.answer(.failure(Self.ending(request))) }
        case .wait?:
            break
        case .instead(let old)?:
            let line = "not done: a later request wants \(request.driver)"
            old.answer(.failure(DriverError(.superseded, slot: old.slot, driver: old.driver, line)))
            self.swaps.with(old.slot, "superseded").increment()
        }
    }

    /// Does one swap. The next of its slot begins as soon as this one has switched, and does not wait for its drain.
    func perform(_ request: SwapRequest) async {
        guard !Task.isCancelled else { return request.answer(.failure(Self.ending(request))) }
        // The keys of a driver are declared when it is loaded, which is a change of the configuration too.
        let tried = self.state.withLock { $0.tried[request.slot] }
        if let generation = request.generation, let tried, tried.driver == request.driver,
            tried.generation >= generation
        {
            return self.next(request.slot)
        }
        let replacement: DriverReplacement
        do {
            replacement = try await self.replace(request)
        } catch {
            self.refuse(request, error)
            return self.next(request.slot)
        }
        let draining = self.slots.find(request.slot)?.status.draining ?? []
        let leftBehind = draining.last { $0.driver == replacement.replaced }?.inFlight ?? 0
        self.next(request.slot)
        self.swaps.with(request.slot, "done").increment()
        self.logger.notice(
            "driver swapped",
            metadata: [
                "slot": "\(request.slot)", "driver": "\(replacement.driver.name)",
                "version": "\(replacement.driver.version)", "sha256": "\(replacement.driver.build)",
                "replaced": "\(replacement.replaced?.name ?? "-")", "origin": "\(request.origin)",
            ]
        )
        let done = SwapRequest.Done(
            replaced: replacement.replaced,
            driver: replacement.driver,
            leftBehind: leftBehind
        )
        request.answer(.success(done))
        let report = await replacement.finish()
        if report.abandonedCalls > 0 {
            self.logger.warning(
                "calls were still under way when their driver was closed",
                metadata: ["slot": "\(request.slot)", "calls": "\(report.abandonedCalls)"]
            )
        }
    }

    private func replace(_ request: SwapRequest) async throws -> DriverReplacement {
        guard let slot = self.slots.find(request.slot) else { preconditionFailure("a request has a slot") }
        let loader = self.loader
        let settings = self.settings
        let library: LoadedLibrary
        do {
            library = try await self.loops.blocking.run {
                // A driver that was not there at start has no declared pin yet.
                let isName = PluginRole.isName(request.driver)
                if isName { try settings.declare(HostSettings.pins([request.driver])) }
                let pin = isName ? settings.optionalString(HostSettings.pinKey(request.driver)) : nil
                let kind = KnownSlots.kind(of: request.slot)
                let library = try loader.load(.driver, request.driver, kind: kind, pin: pin)
                try settings.declare(try library.driverType().settings)
                return library
            }
        } catch {
            // The slot notes only what it tried itself.
            slot.note(failure: "\(error)", driver: request.driver)
            throw error
        }
        let generation = self.settings.generation
        self.state.withLock { $0.tried[request.slot] = Try(driver: request.driver, generation: generation) }
        return try await self.put(library, into: slot)
    }

    private func refuse(_ request: SwapRequest, _ error: any Error) {
        self.swaps.with(request.slot, "failed").increment()
        let serving = self.slots.find(request.slot)?.status.current?.name
        self.logger.error(
            "driver swap failed, the old one still serves",
            metadata: [
                "slot": "\(request.slot)", "driver": "\(request.driver)", "serving": "\(serving ?? "-")",
                "origin": "\(request.origin)", "reason": "\(error)",
            ]
        )
        request.answer(.failure(error))
    }

    private func next(_ slot: String) {
        let next = self.state.withLock { state in
            let next = state.turns[slot]?.leave()
            state.active[slot] = next
            return next
        }
        guard let next else { return }
        if case .terminated = self.begin.yield(next) { next.answer(.failure(Self.ending(next))) }
    }
}
