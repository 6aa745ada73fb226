import Observe
import Plugin
import Reactor

extension Supervisor {
    /// What `/metrics` says of the process, before the plugins add theirs.
    func registerMetrics() {
        ProcessMetrics.register(in: self.metrics, version: HostStamp.own.version, build: HostStamp.own.sdkHash)
        for loop in self.group.loops { LoopLagMonitor.start(on: loop, metrics: self.metrics) }
        self.metrics.callback("lonja_ready", help: "1 while this process serves, else 0.") { [phase] in
            phase.value == .ready ? 1 : 0
        }
    }

    /// Which plugins run.
    func registerMetrics(of running: [RunningPlugin]) {
        for entry in running {
            let stamp = entry.library.stamp
            self.metrics.callback(
                "lonja_plugin_info",
                help: "Always 1; the labels tell which plugins run and what they are.",
                labels: [("name", entry.name), ("version", stamp.version), ("sha256", entry.library.hash)]
            ) { 1 }
        }
    }

    /// Which slots there are and how their drivers do.
    func registerSlotMetrics() {
        for slot in self.slots.all {
            self.metrics.callback(
                "lonja_driver_generation",
                help: "How many drivers the slot has had.",
                labels: [("slot", slot.name)]
            ) { Double(slot.status.generation) }
            self.metrics.callback(
                "lonja_driver_calls_in_flight",
                help: "Calls under way in the slot's driver.",
                labels: [("slot", slot.name)]
            ) { Double(slot.status.inFlight) }
        }
    }
}
