import Foundation
import Glibc

/// A real `lonja` process with the real plugin and the real driver that writes files.
final class LonjaProcess {
    struct Failure: Error, CustomStringConvertible { let description: String }
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
    }

    private let process = Process()

    /// The folder of `lonja` and of every library: the one of the test binary, or above it.
    private static let build: Result<URL, Failure> = {
        let binary = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
        for path in [binary, bundle] {
            var url = URL(fileURLWithPath: path)
            while url.pathComponents.count > 1 {
                url = url.deletingLastPathComponent()
                if FileManager.default.fileExists(atPath: url.appending(path: "lonja").path()) { return .success(url) }
            }
        }
        return .failure(Failure(description: "no lonja beside the tests: swift build"))
    }()

    /// Starts `lonja` with no variables but these.
    init(_ arguments: [String], _ variables: [String: String], log: String) throws {
        let build = try Self.build.get()
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let handle = FileHandle(forWritingAtPath: log)
        _ = try handle?.seekToEnd()
        process.executableURL = build.appending(path: "lonja")
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(variables) { $1 }
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    func kill(_ signal: Int32) {
        Glibc.kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    /// Runs a command to its end.
    static func run(_ arguments: [String], _ variables: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = try build.get().appending(path: "lonja")
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(variables) { $1 }
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Both are short, and fit into the pipes.
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus,
            output: String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
            errors: String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        )
    }
}
