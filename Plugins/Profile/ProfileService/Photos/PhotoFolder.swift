import Glibc
import Postgres
import Reactor

/// The folder of photos: `<user>.jpg` and `<user>.small.jpg`. Everything goes through its open descriptor, names are made
/// of an id's bits alone, and no link is followed: whatever is in the folder, nothing outside of it is touched.
///
/// Each function blocks. Safe on any thread: the descriptor never changes.
final class PhotoFolder: Sendable {
    private let descriptor: Int32

    /// Which of the two pictures.
    enum Size: Sendable, CaseIterable { case large, small }

    /// Opens the folder, making it and those above it where they are missing.
    /// - Throws: `SystemError`.
    init(_ path: String) throws {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o750) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
                throw SystemError(errno, "mkdir \(made)")
            }
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(errno, "open \(path)") }
    }

    deinit { close(descriptor) }

    /// The picture; nil if there is none.
    /// - Throws: `SystemError`.
    func read(_ id: PostgresUUID, _ size: Size) throws -> [UInt8]? {
        // Not blocking, should somebody have put a pipe there.
        let file = openat(descriptor, Self.name(id, size), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT || errno == ELOOP { return nil }
            throw SystemError(errno, "openat")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SystemError(errno, "fstat") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= PhotoSquares.mostBytes else { return nil }
        let length = Int(status.st_size)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            while count < length {
                let got = Glibc.read(file, buffer.baseAddress.map { $0 + count }, length - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                count += got
            }
        }
        guard failure == 0 else { throw SystemError(failure, "read") }
        return bytes
    }

    /// Puts both pictures into the place of those before. Each is there as a whole or not at all, whatever happens.
    /// - Throws: `SystemError`.
    func write(_ id: PostgresUUID, _ squares: PhotoSquares) throws {
        try write(squares.small, Self.name(id, .small))
        try write(squares.large, Self.name(id, .large))
        guard fsync(descriptor) == 0 else { throw SystemError(errno, "fsync") }
    }

    /// Without effect where there is nothing.
    /// - Throws: `SystemError`.
    func remove(_ id: PostgresUUID) throws {
        for size in Size.allCases {
            guard unlinkat(descriptor, Self.name(id, size), 0) == 0 || errno == ENOENT else {
                throw SystemError(errno, "unlinkat")
            }
        }
    }

    /// Removes what writers left that were ended in the middle. Files of the last `seconds` may still be written.
    func removeLeftovers(olderThan seconds: Int = 600) {
        guard let folder = fdopendir(openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else { return }
        defer { closedir(folder) }
        let now = time(nil)
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix("."), name.hasSuffix(Self.temporary) else { continue }
            var status = stat()
            guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if status.st_mtim.tv_sec <= now - seconds { unlinkat(descriptor, name, 0) }
        }
    }

    private static let temporary = ".tmp"

    private static func name(_ id: PostgresUUID, _ size: Size) -> String {
        size == .large ? "\(id).jpg" : "\(id).small.jpg"
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        // Of random bits, so that two writers never share one, and nobody can wait for it.
        let temporary = ".\(PostgresUUID.random())\(Self.temporary)"
        let file = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw SystemError(errno, "openat") }
        var failure: (Int32, String)?
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return failure = (errno, "write") }
                written += count
            }
        }
        // The mask of the process may have taken rights away.
        if failure == nil, fchmod(file, 0o640) != 0 { failure = (errno, "fchmod") }
        if failure == nil, fsync(file) != 0 { failure = (errno, "fsync") }
        if close(file) != 0, failure == nil { failure = (errno, "close") }
        if failure == nil, renameat(descriptor, temporary, descriptor, name) != 0 { failure = (errno, "renameat") }
        guard let failure else { return }
        unlinkat(descriptor, temporary, 0)
        throw SystemError(failure.0, failure.1)
    }
}
