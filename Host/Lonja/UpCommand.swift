import ArgumentParser
import HostCore

/// `lonja up`: everything in one process, for a laptop.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Runs every plugin in one process, with its stores and its state below LONJA_STATE."
    )

    func run() async throws {
        let development = try await DevEnvironment.start(environment: ProcessEnvironment.read())
        defer { development.stop() }
        let options = try HostOptions(environment: development.environment)
        let host = Host(options) { Command.say(development.greeting($0)) }
        throw Command.Ending(code: try await host.run())
    }
}
