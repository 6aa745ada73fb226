import ArgumentParser
import Glibc
import HostCore

/// Runs commands and turns their errors into one line and an exit code of DESIGN §3.
enum Command {
    static func run(_ root: (some AsyncParsableCommand).Type) async -> Never {
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(ExitCode.success.rawValue)
        } catch let error as StartError {
            for line in error.description.split(separator: "\n") { Self.complain("lonja: \(line)") }
            exit(error.exitCode.rawValue)
        } catch let error as HostCore.LoadError {
            Self.complain("lonja: \(error)")
            exit(error.code.exitCode.rawValue)
        } catch let ending as Ending {
            exit(ending.code.rawValue)
        } catch {
            let code = root.exitCode(for: error)
            let message = root.fullMessage(for: error)
            if code.isSuccess {
                print(message)
                exit(ExitCode.success.rawValue)
            }
            // What the parser refuses is usage; anything else that gets here is ours.
            let isUsage = code == .validationFailure
            Self.complain(isUsage ? message : "lonja: \(error)")
            exit(isUsage ? ExitCode.usage.rawValue : ExitCode.internalError.rawValue)
        }
    }

    /// Ends the process with a code and no further words.
    struct Ending: Error {
        let code: HostCore.ExitCode
    }

    static func complain(_ line: String) { Self.put(line, on: STDERR_FILENO) }

    /// Unlike print, not kept in a buffer while the process goes on.
    static func say(_ text: String) { Self.put(text, on: STDOUT_FILENO) }

    private static func put(_ text: String, on descriptor: Int32) {
        let bytes = Array("\(text)\n".utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}

/// The host's exit codes; ArgumentParser has a type of that name too.
typealias ExitCode = HostCore.ExitCode
