import Observe

/// Lets one refresh run at a time, and a next one not before `interval` has passed since the last began: a flood of
/// unknown names costs one look-up. A value without clock.
struct RefreshGate: Sendable {
    /// What whoever wants a refresh does.
    enum Entry: Sendable, Equatable {
        /// Runs it, and then says so by `finished`.
        case lead
        /// Waits for the one that runs.
        case follow
        /// Lives with what there is.
        case refuse
    }

    private(set) var isRunning = false
    private var last: WallTime?

    init() {}

    mutating func enter(at now: WallTime, interval: Duration) -> Entry {
        guard !isRunning else { return .follow }
        // A clock that was set back does not close the gate for long.
        if let last, last <= now, now < last.advanced(by: interval) { return .refuse }
        (isRunning, last) = (true, now)
        return .lead
    }

    /// - Parameter wasCancelled: whoever ran it gave up, which is no answer for those who waited: they may try at once.
    mutating func finished(wasCancelled: Bool) {
        isRunning = false
        if wasCancelled { last = nil }
    }
}
