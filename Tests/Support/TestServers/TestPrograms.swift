import Foundation
import Glibc

/// Where the programs are that tests start.
public enum TestPrograms {
    /// The folder Tests of this package, without a slash at its end.
    public static let tests = String(
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    )

    /// The path of a program of a Debian package, under the first of its names that is installed.
    /// - Throws: `TestServerError` that names the package.
    public static func path(_ names: String..., package: String) throws -> String {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { String($0) }
        for name in names {
            // Those of servers are not on everybody's path.
            for folder in path + ["/usr/bin", "/usr/sbin", "/usr/local/bin"] {
                if access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
            }
        }
        throw TestServerError("\(names.joined(separator: " and ")) missing: apt-get install \(package)")
    }

    /// The interpreter that Tests/run installs, with the packages of all requirements.txt.
    /// - Throws: `TestServerError` that says how to make it.
    public static func python() throws -> String {
        let interpreter = "\(tests)/.venv/bin/python"
        guard access(interpreter, X_OK) == 0 else {
            throw TestServerError("\(interpreter) is missing: `sh Tests/run` makes it, of apt-get install python3-venv")
        }
        return interpreter
    }
}
