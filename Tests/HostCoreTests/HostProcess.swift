import Foundation
import Synchronization

/// A real `lonja` process.
final class HostProcess: Sendable {
    struct Outcome {
        let code: Int32
        let wasSignalled: Bool
        let output: String
        let errors: String
    }

    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let text = Mutex("")
    private let ended: AsyncStream<Void>

    /// Starts the binary with no variables but these.
    init(_ arguments: [String], _ variables: [String: String]) throws {
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
            "LONJA_RPC_LISTEN": "127.0.0.1:0", "LONJA_HTTP_LISTEN": "127.0.0.1:0", "LONJA_ADMIN_LISTEN": "127.0.0.1:0",
            "LONJA_HOST_LOOPS": "1",
        ]
        environment.merge(variables) { $1 }
        if environment["LONJA_HOST_LOOPS"] == "" { environment["LONJA_HOST_LOOPS"] = nil }
        self.process.executableURL = URL(fileURLWithPath: BuildFolder.file("lonja"))
        self.process.arguments = arguments
        self.process.environment = environment
        self.process.standardOutput = self.output
        self.process.standardError = self.errors
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.ended = stream
        self.process.terminationHandler = { _ in continuation.finish() }
        try self.process.run()
    }

    /// Waits for a line on standard error that contains `piece`; nil if the process ended without one.
    func line(with piece: String) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let handle = self.errors.fileHandleForReading
                while true {
                    let soFar = self.text.withLock { $0 }
                    if let line = soFar.split(separator: "\n").first(where: { $0.contains(piece) }) {
                        return continuation.resume(returning: String(line))
                    }
                    let more = handle.availableData
                    guard !more.isEmpty else { return continuation.resume(returning: nil) }
                    self.text.withLock { $0 += String(decoding: more, as: UTF8.self) }
                }
            }
        }
    }

    func send(_ signal: Int32) { kill(self.process.processIdentifier, signal) }

    /// Waits for its end.
    func outcome() async -> Outcome {
        _ = await self.line(with: "\u{0}")
        let output = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.output.fileHandleForReading.readDataToEndOfFile())
            }
        }
        for await _ in self.ended {}
        return Outcome(
            code: self.process.terminationStatus,
            wasSignalled: self.process.terminationReason == .uncaughtSignal,
            output: String(decoding: output, as: UTF8.self),
            errors: self.text.withLock { $0 }
        )
    }

    /// Runs `lonja serve` to its end.
    static func serve(_ variables: [String: String]) async throws -> Outcome {
        try await HostProcess(["serve"], variables).outcome()
    }
}
