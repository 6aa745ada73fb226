import Glibc

/// What the files of the configuration looked like when they were read.
///
/// Followed through symbolic links, so that the swap of a mounted ConfigMap's `..data` is seen.
struct SourceStamp: Hashable, Sendable {
    private struct Entry: Hashable {
        let name: String
        let device: UInt64
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int
        let size: Int
    }

    private let entries: [Entry]

    init(config: String?, secrets: String?) {
        var paths: [String] = []
        if let config { paths.append(config) }
        if let secrets {
            paths.append(secrets)
            let names = (try? FileText.list(secrets)) ?? []
            paths += names.filter { !$0.hasPrefix(".") }.map { "\(secrets)/\($0)" }
        }
        entries = paths.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else {
                return Entry(name: path, device: 0, inode: 0, seconds: 0, nanoseconds: 0, size: -1)
            }
            return Entry(
                name: path,
                device: UInt64(status.st_dev),
                inode: UInt64(status.st_ino),
                seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec,
                size: Int(status.st_size)
            )
        }
    }
}
