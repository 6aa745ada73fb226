import Foundation
import Testing

/// Programs of the system that tests use.
enum Tool {
    /// Runs one to its end; records an issue if it fails.
    @discardableResult
    static func run(_ name: String, _ arguments: [String]) async throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        let data = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: pipe.fileHandleForReading.readDataToEndOfFile())
            }
        }
        for await _ in ended {}
        let text = String(decoding: data, as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(name) \(arguments.joined(separator: " ")): \(text)")
        return text
    }
}
