/// What the process says by ending; the numbers are sysexits(3), and DESIGN §3 fixes them.
public enum ExitCode: Int32, Sendable {
    /// Drained cleanly.
    case success = 0
    /// The command line or a fixed variable is wrong.
    case usage = 64
    /// A plugin's or a driver's library is missing.
    case pluginMissing = 66
    /// Something needed at start does not answer, or an address is taken.
    case dependencyUnavailable = 69
    /// A fault of the program or of a plugin.
    case internalError = 70
    /// The configuration is wrong, or a plugin does not fit this host.
    case configuration = 78
}
