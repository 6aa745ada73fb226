/// Hears of loops that were held: the debug watchdog.
public protocol LoopObserver: AnyObject, Sendable {
    /// What is too long for one step of a loop.
    var limit: Duration { get }
    /// What the time of a step is taken from.
    var clock: LoopClock { get }
    /// What is too long for one step on the wall, whatever `clock` is: steps that block cost no processor time. nil looks
    /// at `clock` alone.
    var wallLimit: Duration? { get }
    /// A step took `time`; `name` says whose it was. Called on the loop, after the step.
    func loopWasHeld(_ loop: EventLoop, _ time: Duration, by name: String)
}

extension LoopObserver {
    /// The clock on the wall.
    public var clock: LoopClock { .wall }
    /// Nothing beside `clock`.
    public var wallLimit: Duration? { nil }
}

/// What the time of a loop's step is taken from.
public enum LoopClock: Sendable {
    /// Time that passes: what callers of the loop wait for, the work of others on a busy machine included.
    case wall
    /// Time that the loop's thread computes: steady on a busy machine, but blind for a step that blocks.
    case processor
}

/// Reports each step of a loop that took longer than a limit to a closure. Costs two clock reads a step.
public final class LoopWatchdog: LoopObserver {
    /// What is too long.
    public let limit: Duration
    /// What the time of a step is taken from.
    public let clock: LoopClock
    /// What is too long on the wall.
    public let wallLimit: Duration?
    private let report: @Sendable (_ loop: Int, _ time: Duration, _ name: String) -> Void

    /// A watchdog; 50 ms is what the house allows. One that counts processor time takes a generous `wallLimit` beside it,
    /// for steps that block; the names of those it reports end in ", on the wall".
    public init(
        limit: Duration = .milliseconds(50),
        clock: LoopClock = .wall,
        wallLimit: Duration? = nil,
        report: @escaping @Sendable (_ loop: Int, _ time: Duration, _ name: String) -> Void
    ) {
        self.limit = limit
        self.clock = clock
        self.wallLimit = wallLimit
        self.report = report
    }

    /// Passes the news on.
    public func loopWasHeld(_ loop: EventLoop, _ time: Duration, by name: String) {
        report(loop.index, time, name)
    }
}
