import ArgumentParser
import HostCore

/// `lonja drivers`: what the slots of a running host hold; `lonja drivers PATH…`: what files are.
struct DriversCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drivers",
        abstract: "Says what the slots of the host behind LONJA_ADMIN_SOCKET hold; or what driver files are.",
        discussion: "Without LONJA_ADMIN_SOCKET, or with paths or --files, it looks at files and opens none of them."
    )

    @Flag(help: "Look at the files in LONJA_PLUGIN_PATH, also where a host runs.")
    var files = false

    @Argument(help: "Files; those in LONJA_PLUGIN_PATH if none are given.")
    var paths: [String] = []

    func run() throws {
        let socket = ProcessEnvironment.read()["LONJA_ADMIN_SOCKET"] ?? ""
        guard !self.files, self.paths.isEmpty, !socket.isEmpty else {
            return try Inspection.report(.driver, paths: self.paths)
        }
        print(try AdminClient(path: socket).drivers())
    }
}
