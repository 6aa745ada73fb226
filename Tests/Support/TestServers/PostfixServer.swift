import Glibc

/// A real Postfix on loopback, from a private configuration in a folder of its own. It starts as root alone, since its
/// master gives up root for each of its processes.
///
/// It takes mail over STARTTLS from who has logged in; it refuses never@ and defers later@ of example.org and example.com.
public final class PostfixServer: Sendable {
    /// Who may log in.
    public static let user = "lonja@mail.example"
    /// Their password.
    public static let password = "pass word"

    /// Where it listens.
    public let port: UInt16
    private let folder: TemporaryFolder
    private let process: ServerProcess

    /// Starts it, and waits until it is there.
    /// - Parameters:
    ///   - files: certificate and key.
    ///   - messageSizeLimit: of a mail, in bytes.
    ///   - sink: the port of loopback to which it passes mail on; nil to discard it.
    /// - Throws: `TestServerError` with its log if it does not start, or that names a Debian package.
    public init(_ files: [String], messageSizeLimit: Int, sink: UInt16? = nil) throws {
        _ = try TestPrograms.path("postfix", package: "postfix")
        _ = try TestPrograms.path("saslpasswd2", package: "sasl2-bin (and libsasl2-modules)")
        folder = try TemporaryFolder(isOpen: true)
        port = try LoopbackPort.free()
        let script = "\(TestPrograms.tests)/Support/TestServers/Servers/postfix.sh"
        // Into a file: a pipe that nobody reads would fill, and Postfix wait for it.
        let writing = ["/bin/sh", "-c", "exec sh \"$@\" >\"$0\"", folder.file("log"), script]
        let options = [folder.file("postfix"), "\(port)"] + files + ["\(messageSizeLimit)"]
        process = try ServerProcess(writing + options + (sink.map { ["\($0)"] } ?? []))
        for _ in 0..<1500 where process.isRunning {
            if folder.text("log").contains("daemon started") { return }
            usleep(20_000)
        }
        throw TestServerError("Postfix does not start:\n\(folder.text("log").suffix(2000))")
    }

    deinit { process.end() }
}
