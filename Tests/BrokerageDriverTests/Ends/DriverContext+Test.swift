import Config
import Logging
import Observe
import Plugin
import Reactor

extension DriverContext {
    /// What a driver gets here: these settings, as variables of an environment would give them.
    static func test(
        _ declared: [Setting],
        _ values: [String: String],
        loops: EventLoopGroup
    ) throws -> DriverContext {
        var environment: [String: String] = [:]
        for setting in declared { environment[setting.variable] = values[setting.key] }
        return DriverContext(
            name: "test",
            version: "1.0",
            slot: "wallet.brokerage",
            settings: try Settings(declared: declared, environment: environment),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: MetricRegistry(),
            loops: loops
        )
    }
}
