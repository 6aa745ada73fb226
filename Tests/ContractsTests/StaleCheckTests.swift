import Foundation
import Testing

/// `Protos/generate --check`, run as a process.
@Suite struct StaleCheckTests {
    private static let protos = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Protos")

    private func check(in folder: URL) throws -> (status: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [folder.appending(path: "generate").path, "--check"]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let error = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: error, as: UTF8.self))
    }

    @Test func whatIsCommittedIsFresh() throws {
        let result = try check(in: Self.protos)
        #expect(result.status == 0, "\(result.error)")
    }

    @Test func aChangedInputIsNoticed() throws {
        let files = FileManager.default
        let copy = files.temporaryDirectory.appending(path: "lonja-stale-\(UUID().uuidString)")
        try files.createDirectory(at: copy.appending(path: "generator"), withIntermediateDirectories: true)
        defer { try? files.removeItem(at: copy) }
        let inputs = ["generate", "grpc", "lonja", "opentelemetry", "generator/Package.swift", "generator/Sources"]
        for name in inputs + ["Sources"] {
            try files.copyItem(at: Self.protos.appending(path: name), to: copy.appending(path: name))
        }
        #expect(try check(in: copy).status == 0)
        let proto = copy.appending(path: "lonja/type/v1/money.proto")
        try (String(contentsOf: proto, encoding: .utf8) + "\n").write(to: proto, atomically: true, encoding: .utf8)
        let result = try check(in: copy)
        #expect(result.status == 1)
        #expect(result.error.split(separator: "\n").count == 1)
        #expect(result.error.contains("run: sh Protos/generate"))
    }
}
