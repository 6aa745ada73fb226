import Digest
import Glibc

/// All bytes of a library as they were at one moment, after the checks on the file itself.
struct PluginFile {
    /// Where it was read.
    let path: String
    /// What was read: the same bytes are checked, hashed and opened.
    let bytes: [UInt8]
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    let hash: String

    /// Far above any plugin; keeps a wrong path from filling memory.
    static let maximumSize = 512 << 20

    /// Reads a regular file that only root or we ourselves could have written.
    static func read(_ path: String, plugin: String) throws(LoadError) -> PluginFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw LoadError(
                .unreadable,
                plugin: plugin,
                "\(path) cannot be opened: \(Self.errorText()); check its rights"
            )
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw LoadError(.unreadable, plugin: plugin, "\(path) cannot be looked at: \(Self.errorText())")
        }
        if let fault = Self.fault(status, user: geteuid()) {
            throw LoadError(.unsafeFile, plugin: plugin, "\(path) \(fault)")
        }
        let size = Int(status.st_size)
        var bytes = [UInt8](repeating: 0, count: size)
        var filled = 0
        while filled < size {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), size - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let why = count < 0 ? Self.errorText() : "it became shorter while it was read"
                throw LoadError(.unreadable, plugin: plugin, "\(path) cannot be read: \(why); try again")
            }
            filled += count
        }
        return PluginFile(path: path, bytes: bytes, hash: Hexadecimal.text(SHA256.hash(bytes)))
    }

    /// What makes a file unfit to be run, nil if nothing does.
    static func fault(_ status: stat, user: uid_t) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG else { return "is not a regular file" }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            return "can be written by group or others (mode \(mode)); run: chmod go-w on it"
        }
        guard status.st_uid == 0 || status.st_uid == user else {
            return "belongs to user \(status.st_uid), not to root or to user \(user) who runs this host"
        }
        guard status.st_size <= Self.maximumSize else { return "is larger than \(Self.maximumSize >> 20) MiB" }
        return nil
    }

    private static func errorText() -> String { String(cString: strerror(errno)) }
}
