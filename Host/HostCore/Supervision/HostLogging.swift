import Config
import Glibc
import Logging
import Observe

/// Where log records of the process go.
enum HostLogging {
    /// Sets the handler of every logger. Once, before the first is made.
    static func bootstrap(_ settings: Settings) {
        let level = Logger.Level(rawValue: settings.string("host.logLevel")) ?? .info
        let terminal = isatty(STDERR_FILENO) == 1
        let format = settings.string("host.logFormat")
        if format == "text" || (format == "auto" && terminal) {
            LoggingSystem.bootstrap { TextLogHandler(label: $0, level: level, colored: terminal) }
        } else {
            LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
        }
    }
}
