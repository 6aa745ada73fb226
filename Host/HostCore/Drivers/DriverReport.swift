import Config
import Observe
import Plugin

/// What the slots of this process hold, for `/drivers` and `lonja drivers`. Never a value of the configuration.
enum DriverReport {
    static func json(of drivers: DriverSupervisor) -> String {
        let slots = drivers.slots.all.map { slot -> AdminJSON in
            let status = slot.status
            return .object([
                ("slot", .text(status.slot)),
                ("current", self.identity(status.current)),
                ("since", self.text(status.since?.description)),
                ("inFlight", .number(status.inFlight)),
                ("calls", .number(status.calls)),
                ("wanted", self.text(drivers.wanted(in: status.slot))),
                ("previous", self.identity(status.previous)),
                (
                    "draining",
                    .array(
                        status.draining.map {
                            .object([("driver", self.identity($0.driver)), ("inFlight", .number($0.inFlight))])
                        }
                    )
                ),
                ("swaps", .number(max(0, status.generation - 1))),
                ("abandonedCalls", .number(status.abandonedCalls)),
                ("failures", .number(status.failures)),
                (
                    "recentFailures",
                    .array(
                        status.recentFailures.map {
                            .object([
                                ("time", .text($0.time.description)), ("driver", .text($0.driver)),
                                ("reason", .text($0.reason)),
                            ])
                        }
                    )
                ),
            ])
        }
        return AdminJSON.object([("slots", .array(slots))]).description + "\n"
    }

    static func text(of drivers: DriverSupervisor) -> String {
        let slots = drivers.slots.all.map(\.status)
        guard !slots.isEmpty else { return "no plugin of this process has a slot\n" }
        return slots.map { self.text(of: $0, wanted: drivers.wanted(in: $0.slot)) }.joined()
    }

    static func text(of status: DriverStatus, wanted: String?) -> String {
        var lines = ["\(status.slot)  \(self.words(status.current))"]
        if let since = status.since {
            lines.append("  since \(since), \(status.calls) calls, \(status.inFlight) under way")
        }
        if let wanted, wanted != status.current?.name { lines.append("  wanted: \(wanted)") }
        if let previous = status.previous { lines.append("  before: \(self.words(previous))") }
        for drain in status.draining {
            lines.append("  draining: \(self.words(drain.driver)), \(drain.inFlight) calls under way")
        }
        let cut = status.abandonedCalls == 0 ? "" : ", \(status.abandonedCalls) calls cut off"
        lines.append("  swaps: \(max(0, status.generation - 1)) done, \(status.failures) failed\(cut)")
        for failure in status.recentFailures {
            lines.append("  failed \(failure.time): \(failure.driver): \(failure.reason)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func words(_ identity: DriverIdentity?) -> String {
        guard let identity else { return "no driver" }
        return "\(identity.name) \(identity.version) (sha256 \(identity.build.prefix(12)))"
    }

    private static func identity(_ identity: DriverIdentity?) -> AdminJSON {
        guard let identity else { return .null }
        return .object([
            ("name", .text(identity.name)), ("version", .text(identity.version)), ("sha256", .text(identity.build)),
        ])
    }

    private static func text(_ text: String?) -> AdminJSON { text.map { .text($0) } ?? .null }
}
