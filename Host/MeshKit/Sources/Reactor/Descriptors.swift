internal import Glibc

/// How many descriptors this process has left. The kernel gives the lowest that is free, so that a new one says how many
/// there are at least.
enum Descriptors {
    /// Nine tenths of what the process may have (RLIMIT_NOFILE): from this one on no connection is accepted.
    static var enough: Int32 {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return .max }
        return Int32(clamping: limits.rlim_cur / 10 * 9)
    }

    /// Whether so many are in use, of which `descriptor` is one.
    static func areShort(beside descriptor: Int32) -> Bool {
        let probe = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard probe >= 0 else { return true }
        close(probe)
        return probe >= enough
    }
}
