import ArgumentParser
import HostCore

/// `lonja serve`: runs the plugins of `LONJA_PLUGIN` until SIGTERM.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the plugins that LONJA_PLUGIN names, until SIGTERM."
    )

    func run() async throws {
        let options = try HostOptions(environment: ProcessEnvironment.read())
        throw Command.Ending(code: try await Host(options).run())
    }
}
