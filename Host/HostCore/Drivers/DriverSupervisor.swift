import Config
import Logging
import Observe
import Plugin
import Reactor
import Synchronization

/// Fills the slots of this process and swaps their drivers.
///
/// Swaps run in tasks of `run()`, never in the task of who asks: somebody who stops waiting must not cut a swap off.
final class DriverSupervisor: Sendable {
    /// A driver that was made, or could not be, of the configuration of a certain number.
    struct Try {
        let driver: String
        let generation: Int
    }

    struct State {
        var libraries: [String: LoadedLibrary]
        /// The driver each slot should have, by configuration or command; not what it has.
        var wanted: [String: String] = [:]
        /// The last try of each slot.
        var tried: [String: Try] = [:]
        var turns: [String: SwapTurns<SwapRequest>] = [:]
        /// The request of each slot whose turn it is.
        var active: [String: SwapRequest] = [:]
        var isEnded = false
    }

    let loader: PluginLoader
    let settings: Settings
    let metrics: MetricRegistry
    let loops: EventLoopGroup
    let slots: DriverSlotDirectory
    let logger = Logger(label: "host.drivers")
    let swaps: MetricFamily<Counter>
    let current: MetricFamily<Gauge>
    let state: Mutex<State>
    private let begun: AsyncStream<SwapRequest>
    let begin: AsyncStream<SwapRequest>.Continuation

    init(_ assembly: PluginAssembly, metrics: MetricRegistry, loops: EventLoopGroup, slots: DriverSlotDirectory) {
        self.loader = assembly.loader
        self.settings = assembly.settings
        self.metrics = metrics
        self.loops = loops
        self.slots = slots
        self.state = Mutex(State(libraries: assembly.drivers))
        (self.begun, self.begin) = AsyncStream.makeStream(of: SwapRequest.self)
        self.swaps = metrics.counters(
            "lonja_driver_swaps_total",
            help: "Swaps of drivers.",
            labels: ["slot", "outcome"]
        )
        self.current = metrics.gauges(
            "lonja_driver_info",
            help: "1 for the driver that serves the slot, 0 for those before it.",
            labels: ["slot", "driver", "version", "sha256"]
        )
    }

    /// The library behind what the slot holds now.
    func library(of slot: String) -> LoadedLibrary? { self.state.withLock { $0.libraries[slot] } }

    /// The name of the driver that the slot should have.
    func wanted(in slot: String) -> String? { self.state.withLock { $0.wanted[slot] } }

    /// Puts the configured driver into every slot that a plugin asked for; one that may stay empty does where none is.
    func fill() async throws(StartError) {
        for slot in self.slots.all {
            let key = HostSettings.driverKey(slot.name)
            guard let library = self.library(of: slot.name) else {
                if KnownSlots.optional.contains(slot.name) { continue }
                let names = self.loader.locator.all(.driver).map(\.name).joined(separator: ", ")
                throw StartError(
                    .configuration,
                    "\(key) is not set: plugin \(slot.name.prefix { $0 != "." }) needs a driver there; set it in the"
                        + " configuration, to one of: \(names.isEmpty ? "(no driver is in LONJA_PLUGIN_PATH)" : names)"
                )
            }
            let first = Try(driver: library.stamp.name, generation: self.settings.generation)
            self.state.withLock { state in
                state.wanted[slot.name] = first.driver
                state.tried[slot.name] = first
            }
            do {
                _ = await (try self.put(library, into: slot)).finish()
            } catch let error as DriverError {
                let code: ExitCode =
                    switch error.code {
                    case .probeFailed: .dependencyUnavailable
                    case .makeFailed: .configuration
                    default: .internalError
                    }
                throw StartError(code, error.description)
            } catch let error as LoadError {
                throw StartError(error.code.exitCode, error.description)
            } catch {
                throw StartError(.internalError, "\(error)")
            }
        }
    }

    /// Does the swaps that are asked for, and those that the configuration asks for. Until its task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.follow() }
            for await request in self.begun {
                tasks.addTask { await self.perform(request) }
            }
            tasks.cancelAll()
        }
        self.end()
    }

    /// Closes every driver, at the end.
    func close() async {
        for slot in self.slots.all { await slot.close() }
    }

    /// Makes a driver of `library`, probes it and lets it serve.
    func put(_ library: LoadedLibrary, into slot: any AnyDriverSlot) async throws -> DriverReplacement {
        let context = DriverContext(
            name: library.stamp.name,
            version: library.stamp.version,
            build: library.hash,
            slot: slot.name,
            settings: self.settings,
            logger: Logger(label: "\(slot.name).\(library.stamp.name)"),
            metrics: self.metrics,
            loops: self.loops
        )
        let replacement = try await slot.replace(with: try library.driverType(), context: context)
        self.state.withLock { $0.libraries[slot.name] = library }
        if let old = replacement.replaced { self.gauge(slot.name, old).set(0) }
        self.gauge(slot.name, replacement.driver).set(1)
        return replacement
    }

    private func gauge(_ slot: String, _ driver: DriverIdentity) -> Gauge {
        self.current.with(slot, driver.name, driver.version, driver.build)
    }

    /// Whoever still waits hears that nothing comes of it.
    private func end() {
        self.begin.finish()
        let left = self.state.withLock { state in
            state.isEnded = true
            return Array(state.active.values) + state.turns.keys.compactMap { state.turns[$0]?.end() }
        }
        for request in left { request.answer(.failure(Self.ending(request))) }
    }

    static func ending(_ request: SwapRequest) -> DriverError {
        DriverError(.closed, slot: request.slot, driver: request.driver, "the process is ending")
    }
}
