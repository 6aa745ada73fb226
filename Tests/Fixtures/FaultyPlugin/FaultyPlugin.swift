public import Config
public import Plugin
import Reactor
import ServiceLifecycle

/// A plugin that goes wrong where `faulty.mode` says. For the tests of the host.
public struct FaultyPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "faulty" }
    /// Where it goes wrong.
    public static var settings: [Setting] {
        [
            .string(
                "faulty.mode",
                default: "none",
                choices: ["none", "init", "migrate", "return", "throw", "trap", "hold"],
                "where the fixture goes wrong"
            )
        ]
    }

    private struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let mode: String

    /// Throws in mode "init".
    public init(context: PluginContext) throws {
        self.mode = context.settings.string("faulty.mode")
        if self.mode == "init" { throw Fault(description: "the fixture was told to fail in init") }
    }

    /// Throws in mode "migrate".
    public func migrate() async throws {
        if self.mode == "migrate" { throw Fault(description: "the fixture was told to fail in migrate") }
    }

    /// Returns, throws, traps or holds its loop for 200 ms in the modes of these names; otherwise ends with the process.
    public func run() async throws {
        switch self.mode {
        case "return": return
        case "throw": throw Fault(description: "the fixture was told to fail in run")
        case "hold":
            let end = MonotonicTime.now().advanced(by: .milliseconds(200))
            while MonotonicTime.now() < end {}
            try? await gracefulShutdown()
        case "trap": preconditionFailure("the fixture was told to trap")
        default: try? await gracefulShutdown()
        }
    }
}
