import Config
import Logging
import Observe
import Plugin
import Reactor
import Synchronization

/// Fills the slots of this process and swaps their drivers.
final class DriverSupervisor: Sendable {
    private let loader: PluginLoader
    private let settings: Settings
    private let metrics: MetricRegistry
    private let loops: EventLoopGroup
    private let slots: DriverSlotDirectory
    private let logger = Logger(label: "host.drivers")
    private let swaps: MetricFamily<Counter>
    private let libraries: Mutex<[String: LoadedLibrary]>

    init(_ assembly: PluginAssembly, metrics: MetricRegistry, loops: EventLoopGroup, slots: DriverSlotDirectory) {
        self.loader = assembly.loader
        self.settings = assembly.settings
        self.metrics = metrics
        self.loops = loops
        self.slots = slots
        self.libraries = Mutex(assembly.drivers)
        self.swaps = metrics.counters(
            "lonja_driver_swaps_total",
            help: "Swaps of drivers.",
            labels: ["slot", "outcome"]
        )
    }

    /// The library behind what the slot holds now.
    func library(of slot: String) -> LoadedLibrary? { self.libraries.withLock { $0[slot] } }

    /// Puts the configured driver into every slot that a plugin asked for.
    func fill() async throws(StartError) {
        for slot in self.slots.all {
            let key = HostSettings.driverKey(slot.name)
            guard let library = self.library(of: slot.name) else {
                let names = self.loader.locator.all(.driver).map(\.name).joined(separator: ", ")
                throw StartError(
                    .configuration,
                    "\(key) is not set: plugin \(slot.name.prefix { $0 != "." }) needs a driver there; set it in the"
                        + " configuration, to one of: \(names.isEmpty ? "(no driver is in LONJA_PLUGIN_PATH)" : names)"
                )
            }
            do {
                try await self.put(library, into: slot)
            } catch let error as DriverError {
                throw StartError(
                    error.code == .probeFailed ? .dependencyUnavailable : .internalError,
                    error.description
                )
            } catch let error as LoadError {
                throw StartError(error.code.exitCode, error.description)
            } catch {
                throw StartError(.internalError, "\(error)")
            }
        }
    }

    /// Swaps to `driver`: load → make → probe → switch → drain the old one → close it. Whatever fails before the switch
    /// leaves the old one serving.
    @discardableResult
    func swap(_ name: String, to driver: String) async throws -> DriverSwapReport {
        do {
            guard let slot = self.slots.find(name) else {
                let known = self.slots.all.map(\.name).joined(separator: ", ")
                throw LoadError(
                    .missing,
                    plugin: driver,
                    "no plugin of this process has the slot \(name); there are: \(known)"
                )
            }
            let loader = self.loader
            let settings = self.settings
            let known = loader.locator.all(.driver).map(\.name)
            let library = try await self.loops.blocking.run {
                let pin = known.contains(driver) ? settings.snapshot.pin(of: driver) : nil
                let library = try loader.load(.driver, driver, kind: name, pin: pin)
                try settings.declare(try library.driverType().settings)
                return library
            }
            let report = try await self.put(library, into: slot)
            self.libraries.withLock { $0[name] = library }
            self.swaps.with(name, "done").increment()
            self.logger.notice(
                "driver swapped",
                metadata: ["slot": "\(name)", "driver": "\(driver)", "replaced": "\(report.replaced ?? "-")"]
            )
            return report
        } catch {
            self.swaps.with(name, "failed").increment()
            self.logger.error(
                "driver swap failed, the old one still serves",
                metadata: ["slot": "\(name)", "driver": "\(driver)", "reason": "\(error)"]
            )
            throw error
        }
    }

    /// Follows the configuration: a slot whose `driver`, or whose driver's keys, changed gets a new driver.
    func follow() async {
        for await change in self.settings.changes() {
            for slot in self.slots.all {
                let wanted = self.settings.optionalString(HostSettings.driverKey(slot.name))
                guard let wanted else { continue }
                let renamed = change.keys.contains(HostSettings.driverKey(slot.name))
                let retuned = change.touches(KnownSlots.keyPrefix(slot: slot.name, driver: wanted))
                // A failure is in the log and the metric by now; the old driver serves on.
                if renamed || retuned { _ = try? await self.swap(slot.name, to: wanted) }
            }
        }
    }

    /// Closes every driver, at the end.
    func close() async {
        for slot in self.slots.all { await slot.close() }
    }

    @discardableResult
    private func put(_ library: LoadedLibrary, into slot: any AnyDriverSlot) async throws -> DriverSwapReport {
        let context = DriverContext(
            name: library.stamp.name,
            version: library.stamp.version,
            slot: slot.name,
            settings: self.settings,
            logger: Logger(label: "\(slot.name).\(library.stamp.name)"),
            metrics: self.metrics,
            loops: self.loops
        )
        return try await slot.swap(to: try library.driverType(), context: context)
    }
}

extension SettingsSnapshot {
    /// The pin of a library that was there at start; later ones have no declared key and so no pin.
    func pin(of name: String) -> String? { self.optionalString(HostSettings.pinKey(name)) }
}
