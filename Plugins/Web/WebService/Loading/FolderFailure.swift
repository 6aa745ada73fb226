import Glibc

/// A file or folder that cannot be read. Safe to show: it names paths of the build.
struct FolderFailure: Error, CustomStringConvertible {
    let description: String
    /// Whether there is no such thing, as before the first build.
    let isAbsence: Bool

    /// Tells of the last call of the system's.
    init(callOn path: String) {
        let number = errno
        description = "\(path): \(String(cString: strerror(number)))"
        isAbsence = number == ENOENT || number == ENOTDIR
    }

    init(reason description: String) {
        self.description = description
        isAbsence = false
    }
}
