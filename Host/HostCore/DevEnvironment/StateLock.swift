import Glibc

/// Says that a folder of state is in use, for as long as this object lives; the kernel takes it back from a process that
/// crashes. Owns the descriptor.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `StartError` with exit code 69 if another process has it.
    init(_ folder: String) throws(StartError) {
        let path = "\(folder)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let why = String(cString: strerror(errno))
            throw StartError(.usage, "\(path) cannot be made: \(why); set LONJA_STATE to a folder of yours")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StartError(
                .dependencyUnavailable,
                "LONJA_STATE=\(folder) is in use by another lonja up; end that one, or set LONJA_STATE to another folder"
            )
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
