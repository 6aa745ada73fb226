internal import CSystemEpoll
internal import Glibc

/// The processors this process may use.
public enum AvailableCores {
    /// The smaller of the scheduler's affinity and the cgroup's CPU quota (rounded up); at least 1.
    public static func count() -> Int {
        let affinity = max(1, Int(mesh_affinity_count()))
        guard let text = SmallFile.read("/sys/fs/cgroup/cpu.max"), let quota = quota(text) else { return affinity }
        return max(1, min(affinity, quota))
    }

    /// Reads cgroup v2's `cpu.max`: "150000 100000" is 2, "max 100000" is no limit.
    static func quota(_ text: String) -> Int? {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let limit = Int(parts[0]), let period = Int(parts[1]), period > 0 else { return nil }
        return (limit + period - 1) / period
    }
}

/// Files of the kernel: short, read in one go.
enum SmallFile {
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
            let count = Glibc.read(descriptor, space.baseAddress, space.count)
            return count < 0 ? nil : String(decoding: space.prefix(count), as: UTF8.self)
        }
    }
}
