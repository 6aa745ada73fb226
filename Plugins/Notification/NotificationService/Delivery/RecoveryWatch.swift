import Reactor

/// Notices that a provider works again after a time in which every mail failed: then those that wait for their next attempt,
/// perhaps for hours, need not wait any longer. A value; time is a parameter.
struct RecoveryWatch: Sendable {
    /// So many failures in a row, and nothing but failures.
    static let fewest = 20
    /// For so long.
    static let shortest = Duration.seconds(60)

    private var failures = 0
    private var since: MonotonicTime?

    /// A mail failed that may be tried again.
    mutating func failed(at now: MonotonicTime) {
        failures += 1
        since = since ?? now
    }

    /// A mail was taken.
    /// - Returns: whether that is a recovery.
    mutating func succeeded(at now: MonotonicTime) -> Bool {
        defer { self = RecoveryWatch() }
        guard failures >= Self.fewest, let since else { return false }
        return since.duration(to: now) >= Self.shortest
    }
}
