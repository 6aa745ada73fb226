import Foundation
import Glibc

/// A folder that goes when its owner does. Its name says which process made it, so that what a crashed one left can be told
/// and removed, and is short: the path of a unix socket may have 107 bytes.
public final class TemporaryFolder: Sendable {
    /// Where it is, without a slash at its end.
    public let path: String

    private static let prefix = "lonja-test-"
    private static let root = FileManager.default.temporaryDirectory.path
    /// Once per run, before the first.
    private static let leftoversAreGone: Void = {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where name.hasPrefix(prefix) {
            let pid = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            guard let pid, kill(pid, 0) != 0, errno == ESRCH else { continue }
            try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
        }
    }()

    /// Makes one.
    /// - Parameter isOpen: whether other users may look into it, such as those that servers run as; else its maker alone.
    /// - Throws: `TestServerError` if there is no place for it.
    public init(isOpen: Bool = false) throws {
        _ = Self.leftoversAreGone
        var template = Array("\(Self.root)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, !isOpen || chmod(template, 0o755) == 0 else {
            throw TestServerError("no temporary folder: \(errno)")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    /// Removes it before its owner goes: for those that live as long as the process.
    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// A path in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The text of a file of it; empty if there is none.
    public func text(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }
}
