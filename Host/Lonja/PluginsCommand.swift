import ArgumentParser
import HostCore

/// `lonja plugins [PATH…]`: what each file is, and why one would be refused. Opens none of them.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "Says what each plugin file is, and why it would be refused."
    )

    @Argument(help: "Files; those in LONJA_PLUGIN_PATH if none are given.")
    var paths: [String] = []

    func run() throws {
        try Inspection.report(.plugin, paths: self.paths)
    }
}
