import Reactor
import Synchronization

/// Notes the steps of loops that took longest, by the CPU time of the loop's thread: what other processes of a shared
/// machine take is left out, what the step itself does in the kernel is not.
final class ProcessorTimeObserver: LoopObserver {
    // Every step is told, so that the longest are known even if none is too long.
    let limit = Duration.zero
    let clock = LoopClock.processor
    private let steps = Mutex((count: 0, longest: [String: Duration]()))

    func loopWasHeld(_: EventLoop, _ time: Duration, by name: String) {
        steps.withLock {
            $0.count += 1
            $0.longest[name] = max($0.longest[name] ?? .zero, time)
        }
    }

    var count: Int { steps.withLock { $0.count } }

    /// Kinds of steps with their longest time, the longest first.
    var longest: [(name: String, time: Duration)] {
        steps.withLock { $0.longest.map { (name: $0.key, time: $0.value) } }.sorted { $0.time > $1.time }
    }
}
