import Config
import Glibc
import HTTP
import Logging
import Plugin
import RPC
import Reactor
import ServiceLifecycle
import Synchronization
import TLS
import UnixSignals

extension Supervisor {
    private enum Ending: Sendable {
        case signal
        case services(failure: String?)
        case watcher
        case exporter
    }

    /// Serves until a signal comes or a plugin ends by itself.
    func serve(
        _ running: [RunningPlugin],
        _ servers: Servers,
        _ exporter: TraceExporter?,
        until signals: UnixSignalsSequence,
        following rules: @escaping @Sendable () async -> Void
    ) async throws -> ExitCode {
        let services = ServiceGroup(
            configuration: .init(
                services: running.map { .init(service: $0, serviceName: $0.name) },
                logger: self.logger
            )
        )
        let first = Latch()
        let second = Latch()
        return try await withThrowingTaskGroup(of: Ending.self) { tasks in
            tasks.addTask {
                do {
                    try await services.run()
                    return .services(failure: nil)
                } catch {
                    return .services(failure: "\(error)")
                }
            }
            tasks.addTask {
                var count = 0
                for await _ in signals {
                    count += 1
                    if count == 1 { first.open() } else { second.open() }
                }
                return .watcher
            }
            tasks.addTask {
                await first.wait()
                return .signal
            }
            tasks.addTask { [self] in
                // Ends by cancellation alone.
                try? await self.settings.run(on: self.group, logger: self.logger)
                return .watcher
            }
            tasks.addTask { [self] in
                // The same.
                try? await self.certificates.run(on: self.group, logger: self.logger)
                return .watcher
            }
            tasks.addTask {
                await rules()
                return .watcher
            }
            tasks.addTask { [self] in
                await self.drivers.run()
                return .watcher
            }
            if let exporter {
                tasks.addTask {
                    await exporter.run()
                    return .exporter
                }
                tasks.addTask { [self] in
                    await self.followTraceRatio()
                    return .watcher
                }
            }
            self.enter(.ready)
            self.logger.notice("ready", metadata: self.startRecord(servers.addresses))
            self.started(servers.addresses)

            while let ending = try await tasks.next() {
                switch ending {
                case .watcher, .exporter:
                    continue
                case .signal:
                    let end = self.endOfDrain
                    await self.drain(servers, second: second)
                    await services.triggerGracefulShutdown()
                    while let next = try await tasks.next() {
                        guard case .services(let failure) = next else { continue }
                        if let failure {
                            self.logger.error("a plugin did not end well", metadata: ["reason": "\(failure)"])
                        }
                        break
                    }
                    await self.close(servers)
                    await self.finish(exporter, by: end, &tasks)
                    tasks.cancelAll()
                    return .success
                case .services(let failure):
                    let reason = failure ?? "every plugin returned"
                    self.logger.critical(
                        "a plugin ended by itself, so the process ends",
                        metadata: ["reason": "\(reason)"]
                    )
                    self.enter(.draining)
                    await servers.rpc.drain(deadline: .seconds(1))
                    await self.close(servers)
                    await self.finish(exporter, by: .now(), &tasks)
                    tasks.cancelAll()
                    return .internalError
                }
            }
            return .internalError
        }
    }

    /// Not ready → wait for load balancers → GOAWAY → calls in flight end, or the deadline does, and they with UNAVAILABLE.
    private func drain(_ servers: Servers, second: Latch) async {
        self.enter(.draining)
        let plan = DrainPlan(self.settings.snapshot)
        let (delay, deadline) = (plan.delay, plan.deadline)
        self.logger.notice("draining", metadata: ["delay": "\(delay)", "deadline": "\(deadline)"])
        let loop = self.group.next()
        let copies = self.copies
        let logger = self.logger
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                await second.wait()
                guard !Task.isCancelled else { return }
                // Whoever asks twice does not want to wait for anything, and what is left cannot be made to hurry.
                logger.warning("second signal: ending at once, calls in flight are lost")
                copies.remove()
                _exit(ExitCode.internalError.rawValue)
            }
            try? await loop.run { try await loop.sleep(for: delay) }
            // They have heard that this process is not ready, and would hold up the drain for ever.
            self.health.withLock { $0 }?.endWatches()
            async let http: Void? = servers.http?.drain(deadline: deadline)
            await servers.rpc.drain(deadline: deadline)
            await http
            tasks.cancelAll()
        }
    }

    /// When a drain that begins now has to be over.
    private var endOfDrain: MonotonicTime {
        let time = self.settings.duration("host.drainDelay") + self.settings.duration("host.drainDeadline")
        return MonotonicTime.now().advanced(by: time)
    }

    /// The last spans go out, those of the drain among them, in what it has left of its time.
    private func finish(
        _ exporter: TraceExporter?,
        by end: MonotonicTime,
        _ tasks: inout ThrowingTaskGroup<Ending, any Error>
    ) async {
        guard let exporter else { return }
        let left = MonotonicTime.now().duration(to: end)
        exporter.finish(within: min(max(left, Self.leastForSpans), Self.mostForSpans))
        while let ending = try? await tasks.next() {
            if case .exporter = ending { return }
        }
    }

    /// How long the collector may take for them: a moment also where the drain has used up all of its time.
    private static let leastForSpans = Duration.milliseconds(500)
    private static let mostForSpans = Duration.seconds(3)

    private func close(_ servers: Servers) async {
        await self.drivers.close()
        for server in servers.admin { await server.drain(deadline: .zero) }
        self.logger.notice("stopped")
    }

    private func startRecord(_ addresses: HostAddresses) -> Logger.Metadata {
        [
            "plugins": "\(addresses.plugins.joined(separator: ","))",
            "rpc": "\(addresses.rpc)",
            "http": "\(addresses.http.map(\.description) ?? "-")",
            "admin": "\(addresses.admin)",
        ]
    }
}
