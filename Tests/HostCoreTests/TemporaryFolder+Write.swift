import Foundation
import TestServers

extension TemporaryFolder {
    /// Writes a file that only its owner can write.
    @discardableResult
    func write(_ bytes: [UInt8], as name: String, mode: Int = 0o755) throws -> String {
        let path = file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
