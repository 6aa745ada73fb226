import Glibc
import Reactor

/// Small files, read at once. Blocks.
enum FileText {
    /// Why a file could not be read: "cannot be opened: No such file or directory".
    struct Failure: Error {
        let why: String
    }

    /// The whole file as UTF-8, at most `maximum` bytes.
    static func read(_ path: String, maximum: Int) throws(Failure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(why: "\(SystemError(errno, "cannot be opened"))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(why: "is not a regular file")
        }
        var bytes = [UInt8](repeating: 0, count: maximum + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { space in
                Glibc.read(descriptor, space.baseAddress.map { $0 + filled }, space.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(why: "\(SystemError(errno, "cannot be read"))") }
            if count == 0 { break }
            filled += count
        }
        guard filled <= maximum else { throw Failure(why: "has more than \(maximum) bytes") }
        guard let text = String(validating: bytes[..<filled], as: UTF8.self) else {
            throw Failure(why: "is not UTF-8 text")
        }
        return text
    }

    /// The names in a folder, sorted.
    static func list(_ path: String) throws(Failure) -> [String] {
        guard let folder = opendir(path) else {
            throw Failure(why: "\(SystemError(errno, "cannot be opened as a folder"))")
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
