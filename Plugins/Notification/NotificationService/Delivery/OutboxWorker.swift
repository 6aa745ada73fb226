import Logging
import Plugin
import Postgres
import Reactor
import ServiceLifecycle
import Synchronization

/// Takes mails from the outbox and hands them to the driver. Any number of workers share an outbox; each mail is leased to
/// one of them at a time. Everything it does is on one loop.
final class OutboxWorker: Sendable {
    let outbox: Outbox
    let slot: DriverSlot<any Mailer>
    let composer: MailComposer
    let metrics: DeliveryMetrics
    let limits: WorkerLimits
    let loop: EventLoop
    let logger: Logger
    /// Tells its leases from those of others.
    let owner = PostgresUUID.random()
    let leases = LeaseTable()
    let marks: MarkWriter
    let wake = WakeSignal()
    let state = Mutex(WorkerState())

    init(
        outbox: Outbox,
        slot: DriverSlot<any Mailer>,
        composer: MailComposer,
        metrics: DeliveryMetrics,
        limits: WorkerLimits,
        loop: EventLoop,
        logger: Logger
    ) {
        self.outbox = outbox
        self.slot = slot
        self.composer = composer
        self.metrics = metrics
        self.limits = limits
        self.loop = loop
        self.logger = logger
        marks = MarkWriter(outbox: outbox, owner: owner, leases: leases, logger: logger)
    }

    private enum Part: Sendable { case dispatch, marks, helper }

    /// Works until graceful shutdown: then sends under way end, what was leased and not begun is given back, and every
    /// outcome is written. On cancellation everything ends at once, and leases end by themselves.
    func run() async throws {
        try await loop.run { [self] in await work() }
    }

    private func work() async {
        await withTaskGroup(of: Part.self) { parts in
            parts.addTask { [self] in
                await marks.run(on: loop) { wakeIfStarved() }
                return .marks
            }
            parts.addTask { [self] in
                await dispatchUntilStopped()
                return .dispatch
            }
            for helper in [keepLeases, listen, keepHouse] {
                parts.addTask {
                    await helper()
                    return .helper
                }
            }
            while let part = await parts.next() {
                switch part {
                case .dispatch: marks.end()
                case .marks: parts.cancelAll()
                case .helper: break
                }
            }
        }
    }

    private func dispatchUntilStopped() async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [self] in await dispatch() }
            tasks.addTask { [self] in
                try? await gracefulShutdown()
                state.withLock { $0.stop() }
                wake.signal()
                try? await loop.sleep(for: limits.drain)
            }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    /// There is room again, and the dispatcher waits for it.
    func wakeIfStarved() {
        if state.withLock({ $0.takeStarved() }) { wake.signal() }
    }
}
