import Foundation

/// A folder that goes when its owner does.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "mail-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        path = url.path()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A path in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The lines of a file, decoded; those of another form are left out.
    func lines<Line: Decodable>(_ name: String, as type: Line.Type) throws -> [Line] {
        guard let text = try? String(contentsOfFile: file(name), encoding: .utf8) else { return [] }
        let decoder = JSONDecoder()
        return text.split(separator: "\n").compactMap { try? decoder.decode(type, from: Data($0.utf8)) }
    }
}
