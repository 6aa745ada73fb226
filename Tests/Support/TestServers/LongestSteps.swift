public import Reactor
import Synchronization

/// Notes the steps of loops that took longest, by the processor time of the loop's thread: what others of a shared machine
/// take is left out, what the step itself does in the kernel is not.
public final class LongestSteps: LoopObserver {
    /// Every step is told, so that the longest are known even if none is too long.
    public let limit = Duration.zero
    /// Of the loop's thread.
    public let clock = LoopClock.processor
    private let steps = Mutex((count: 0, longest: [String: Duration]()))

    /// Notes nothing yet.
    public init() {}

    /// Notes a step.
    public func loopWasHeld(_: EventLoop, _ time: Duration, by name: String) {
        steps.withLock {
            $0.count += 1
            $0.longest[name] = max($0.longest[name] ?? .zero, time)
        }
    }

    /// How many steps there were.
    public var count: Int { steps.withLock { $0.count } }

    /// Kinds of steps with their longest time, the longest first.
    public var longest: [(name: String, time: Duration)] {
        steps.withLock { $0.longest.map { (name: $0.key, time: $0.value) } }.sorted { $0.time > $1.time }
    }

    /// Prints the longest kinds of steps; `Tests/Benchmarks/run blocked` makes a table of these lines.
    /// - Parameters:
    ///   - client: whose steps they are, such as "valkey".
    ///   - scenario: what it did.
    /// - Returns: the kinds with a step above `limit`, each with its time.
    public func report(_ client: String, _ scenario: String, limit: Duration = StepLimit.step) -> [String] {
        let longest = longest
        let worst = longest.prefix(4).map { "\($0.name) \(Self.microseconds($0.time))" }.joined(separator: ", ")
        print("longest steps | \(client) | \(scenario) | \(count) | \(worst)")
        return longest.filter { $0.time > limit }.map { "\($0.name) \(Self.microseconds($0.time))" }
    }

    private static func microseconds(_ time: Duration) -> String {
        "\(time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000) µs"
    }
}
