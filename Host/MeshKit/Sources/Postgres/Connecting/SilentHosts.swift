internal import Reactor

/// Which hosts did not answer lately: they are tried last, so that only the first call after a host has gone silent
/// waits for it. Loop only.
// Safe: shared by a pool and its attempts to connect, which are all of one loop.
final class SilentHosts: @unchecked Sendable {
    /// So long a host is tried last.
    static let memory = Duration.seconds(60)

    private var until: [Int: MonotonicTime] = [:]

    /// The hosts' positions in the order in which to try them.
    func order(count: Int, now: MonotonicTime) -> [Int] {
        until = until.filter { $0.value > now }
        let hosts = 0..<count
        return hosts.filter { until[$0] == nil } + hosts.filter { until[$0] != nil }
    }

    func wasSilent(_ host: Int, now: MonotonicTime) { until[host] = now.advanced(by: Self.memory) }

    func answered(_ host: Int) { until[host] = nil }
}
