import ArgumentParser
import HostCore

/// `lonja migrate`: brings the stores of the plugins of `LONJA_PLUGIN` up to date, and ends.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the stores of the plugins that LONJA_PLUGIN names to their newest shape."
    )

    func run() async throws {
        let options = try HostOptions(environment: ProcessEnvironment.read())
        throw Command.Ending(code: try await Host(options).migrate())
    }
}
