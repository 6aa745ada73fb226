import CHost
import Glibc
import Synchronization

/// The folder of this process where the libraries are that it has opened: each named by its hash, written once.
///
/// What was checked is what runs: the loader maps a file that nobody else writes, whatever becomes of the original.
public final class PrivateCopies: Sendable {
    private let folder = Mutex<String?>(nil)
    private let parents: [String]

    /// Copies below XDG_RUNTIME_DIR, TMPDIR or /tmp, the first that serves. Makes no folder yet.
    public convenience init(environment: [String: String]) {
        self.init(parents: [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap(\.self))
    }

    /// Copies below the first of `parents` that serves; in memory if none does.
    init(parents: [String]) {
        self.parents = parents
    }

    /// A path that opens exactly `bytes`: a file named by `hash`, or a sealed piece of memory where no folder serves.
    func place(_ bytes: [UInt8], hash: String) throws(Failure) -> String {
        if let folder = self.folder.withLock({ folder in
            if folder == nil { folder = self.makeFolder() }
            return folder
        }), let path = Self.write(bytes, to: folder, name: "\(hash).so") {
            return path
        }
        return try Self.seal(bytes, name: hash)
    }

    /// Removes the folder; what is mapped stays mapped. For a clean end.
    public func remove() {
        guard let folder = self.folder.withLock({ $0.take() }) else { return }
        Self.removeFolder(folder)
    }

    /// Nothing could be written anywhere.
    struct Failure: Error {
        let text: String
    }

    // MARK: Folder

    private func makeFolder() -> String? {
        for parent in self.parents where parent.hasPrefix("/") && !host_memory_forbids_execution(parent) {
            Self.sweep(parent)
            var template = Array("\(parent)/lonja-\(getpid())-XXXXXX".utf8CString)
            // mkdtemp makes it with mode 0700 and fails if the name exists.
            guard mkdtemp(&template) != nil else { continue }
            return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return nil
    }

    /// Removes what killed processes of this user left.
    private static func sweep(_ parent: String) {
        for name in Self.list(parent) where name.hasPrefix("lonja-") {
            let parts = name.split(separator: "-")
            guard parts.count == 3, let process = pid_t(parts[1]), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            var status = stat()
            guard lstat("\(parent)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
                status.st_uid == geteuid()
            else { continue }
            Self.removeFolder("\(parent)/\(name)")
        }
    }

    private static func removeFolder(_ folder: String) {
        for name in Self.list(folder) { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    private static func list(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    // MARK: Copies

    private static func write(_ bytes: [UInt8], to folder: String, name: String) -> String? {
        let path = "\(folder)/\(name)"
        let draft = "\(path).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o500)
        guard descriptor >= 0 else { return nil }
        let written = Self.writeAll(bytes, to: descriptor)
        guard close(descriptor) == 0, written, rename(draft, path) == 0 else {
            unlink(draft)
            return nil
        }
        return path
    }

    /// The descriptor stays open for ever: the loader knows libraries by name, and a reused number gave the old code.
    private static func seal(_ bytes: [UInt8], name: String) throws(Failure) -> String {
        let descriptor = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { host_memory_sealed(name, $0, buffer.count) } ?? -1
        }
        guard descriptor >= 0 else { throw Failure(text: String(cString: strerror(errno))) }
        return "/proc/self/fd/\(descriptor)"
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
