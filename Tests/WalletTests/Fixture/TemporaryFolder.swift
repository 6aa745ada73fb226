import Foundation
import Glibc

/// Temporary folders whose names say which process made them, so that what a crashed one left can be told and removed.
enum TemporaryFolder {
    private static let prefix = "lonja-wallet-"
    /// Once per run, before the first.
    private static let leftoversAreGone: Void = {
        let root = FileManager.default.temporaryDirectory.path()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where name.hasPrefix(prefix) {
            let pid = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            guard let pid, kill(pid, 0) != 0, errno == ESRCH else { continue }
            try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
        }
    }()

    /// A new one, for its maker alone.
    static func make() throws -> String {
        _ = leftoversAreGone
        let template = FileManager.default.temporaryDirectory.appending(path: "\(prefix)\(getpid())-XXXXXX").path()
        var bytes = Array(template.utf8CString)
        guard mkdtemp(&bytes) != nil else { throw PostgresServer.Failure(description: "no temporary folder") }
        return String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
