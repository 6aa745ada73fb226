import Reactor
import Synchronization

/// Keeps NOTIFY from being the bottleneck: commits that notify wait for one another in all of the server. The workers of
/// this process are woken without it, and those of others take all there is when they wake.
final class NotifyGate: Sendable {
    /// One in so long.
    static let gap = Duration.milliseconds(50)

    private let next = Mutex(MonotonicTime(nanoseconds: 0))

    /// Whether to notify now.
    func pass(at now: MonotonicTime) -> Bool {
        next.withLock { next in
            guard next <= now else { return false }
            next = now.advanced(by: Self.gap)
            return true
        }
    }
}
