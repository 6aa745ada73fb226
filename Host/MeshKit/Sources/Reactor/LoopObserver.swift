/// Hears of loops that were held: the debug watchdog.
public protocol LoopObserver: AnyObject, Sendable {
    /// What is too long for one step of a loop.
    var limit: Duration { get }
    /// A step took `time`; `name` says whose it was. Called on the loop, after the step.
    func loopWasHeld(_ loop: EventLoop, _ time: Duration, by name: String)
}

/// Reports each step of a loop that took longer than a limit to a closure. Costs two clock reads a step.
public final class LoopWatchdog: LoopObserver {
    /// What is too long.
    public let limit: Duration
    private let report: @Sendable (_ loop: Int, _ time: Duration, _ name: String) -> Void

    /// A watchdog; 50 ms is what the house allows.
    public init(
        limit: Duration = .milliseconds(50),
        report: @escaping @Sendable (_ loop: Int, _ time: Duration, _ name: String) -> Void
    ) {
        self.limit = limit
        self.report = report
    }

    /// Passes the news on.
    public func loopWasHeld(_ loop: EventLoop, _ time: Duration, by name: String) {
        report(loop.index, time, name)
    }
}
