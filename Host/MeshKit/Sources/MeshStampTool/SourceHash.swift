import Digest

/// One hash for all sources of the SDK.
enum SourceHash {
    /// SHA-256 over each file's name below `root`, its length and its bytes, in the order of the names.
    static func hash(files: [String], root: String) throws -> [UInt8] {
        var hasher = SHA256()
        for file in files.sorted() {
            let name = file.hasPrefix(root) ? String(file.dropFirst(root.count)) : file
            let bytes = try readFile(file)
            hasher.update("\(name)\0\(bytes.count)\0")
            bytes.withUnsafeBytes { hasher.update($0) }
        }
        return hasher.finish()
    }
}
