import Config
import Plugin
import Synchronization

extension DriverSupervisor {
    /// Follows the configuration: a slot whose `driver` changed, or a key of the driver it has, gets a new driver.
    func follow() async {
        for await change in self.settings.changes() {
            for slot in self.slots.all { self.adopt(change, in: slot) }
        }
    }

    private func adopt(_ change: SettingsChange, in slot: any AnyDriverSlot) {
        let key = HostSettings.driverKey(slot.name)
        let configured = self.settings.optionalString(key)
        // What fails here is in the log, the metric and the slot's status by then; the old driver serves on.
        if change.keys.contains(key), let configured {
            self.state.withLock { $0.wanted[slot.name] = configured }
            return self.submit(SwapRequest(slot: slot.name, driver: configured, generation: change.generation))
        }
        // The driver that is wanted and could not be had may work now; else the one that serves may have to be made anew.
        let drivers = [self.wanted(in: slot.name) ?? configured, slot.status.current?.name].compactMap(\.self)
        let touched = drivers.first { driver in
            KnownSlots.keyPrefixes(slot: slot.name, driver: driver).contains { change.touches($0) }
        }
        guard let touched else { return }
        self.submit(SwapRequest(slot: slot.name, driver: touched, generation: change.generation))
    }
}
