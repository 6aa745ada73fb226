import Foundation

/// A folder that goes when its owner does.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "host-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.path = url.path()
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    /// A path in it.
    func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// The text of a file; empty if there is none.
    func text(_ name: String) -> String {
        (try? String(contentsOfFile: self.file(name), encoding: .utf8)) ?? ""
    }

    /// Writes a file that only its owner can write.
    @discardableResult
    func write(_ bytes: [UInt8], as name: String, mode: Int = 0o755) throws -> String {
        let path = self.file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
