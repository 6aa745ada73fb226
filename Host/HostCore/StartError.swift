/// Why the host does not start: the exit code and one line that names the thing, the value and what to do.
public struct StartError: Error, Sendable, CustomStringConvertible {
    /// How the process ends.
    public let exitCode: ExitCode
    /// One line, safe to show.
    public let description: String

    /// An error that ends the process with `exitCode`.
    public init(_ exitCode: ExitCode, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }
}
