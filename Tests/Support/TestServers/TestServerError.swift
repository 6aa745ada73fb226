/// Why a server of a test's own, or something that it needs, is not there.
public struct TestServerError: Error, CustomStringConvertible {
    /// What is wrong; for a program that is missing, which Debian package has it.
    public let description: String

    /// An error that says this.
    public init(_ description: String) { self.description = description }
}
