import Glibc

/// The folder of the mails. Everything here blocks.
struct OutboxFolder: Sendable {
    /// A call of the system's failed.
    struct Failure: Error, CustomStringConvertible {
        let action: String
        let number: Int32
        /// Whether the same may work later: a full disk is emptied, a wrong folder stays wrong.
        var isTransient: Bool { [ENOSPC, EDQUOT, EMFILE, ENFILE, EINTR, EAGAIN, EIO].contains(number) }
        var description: String { "\(action): \(String(cString: strerror(number)))" }
    }

    let path: String

    /// Makes the folder, with those above it, and writes and removes a file.
    func check() throws(Failure) {
        var soFar = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            soFar += "\(part)/"
            guard mkdir(soFar, 0o750) == 0 || errno == EEXIST else { throw failure("the folder cannot be made") }
        }
        let draft = draftName()
        try writeDraft(draft, [])
        unlink("\(path)/\(draft)")
    }

    /// Writes a file that is there in whole or not at all, and that a crash does not take away again.
    /// - Returns: false if there was one of that name, which stays as it is.
    func write(_ name: String, _ bytes: [UInt8]) throws(Failure) -> Bool {
        let draft = draftName()
        try writeDraft(draft, bytes)
        // Unlike rename, this replaces nothing.
        let linked = link("\(path)/\(draft)", "\(path)/\(name)")
        let number = errno
        unlink("\(path)/\(draft)")
        guard linked == 0 || number == EEXIST else { throw Failure(action: "a mail cannot be named", number: number) }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            Glibc.close(folder)
        }
        return linked == 0
    }

    /// Removes the oldest mails.
    func prune(keep: Int) {
        for name in OutboxFile.surplus(names(), keep: keep) { unlink("\(path)/\(name)") }
    }

    private func names() -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    /// Begins with a dot, so that no viewer shows it.
    private func draftName() -> String { ".draft-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))" }

    private func writeDraft(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("a mail cannot be written") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isWhole = written == bytes.count && fsync(descriptor) == 0
        let number = errno
        Glibc.close(descriptor)
        guard isWhole else {
            unlink(file)
            throw Failure(action: "a mail cannot be written", number: number)
        }
    }

    private func failure(_ action: String) -> Failure { Failure(action: action, number: errno) }
}
