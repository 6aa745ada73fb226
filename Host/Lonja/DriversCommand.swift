import ArgumentParser
import HostCore

/// `lonja drivers [PATH…]`: the same for drivers.
struct DriversCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drivers",
        abstract: "Says what each driver file is, for which slot, and why it would be refused."
    )

    @Argument(help: "Files; those in LONJA_PLUGIN_PATH if none are given.")
    var paths: [String] = []

    func run() throws {
        try Inspection.report(.driver, paths: self.paths)
    }
}
