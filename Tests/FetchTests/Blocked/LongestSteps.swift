import Reactor
import Synchronization
import Testing

/// Notes the steps of loops that took longest, by the processor time of the loop's thread: what others of a shared machine
/// take is left out, what the step itself does in the kernel is not. Steps that block are told apart by the wall.
final class LongestSteps: LoopObserver {
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

    /// Prints the longest kinds of steps.
    /// - Parameter exempt: a kind of step that has a limit of its own here, for a reason that the test names.
    /// - Returns: those above the limit.
    func report(_ name: String, exempt: (step: String, limit: Duration)? = nil) -> [String] {
        let (count, longest) = steps.withLock { ($0.count, $0.longest.sorted { $0.value > $1.value }) }
        let worst = longest.prefix(4).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print("longest steps, \(name), of \(count): \(worst)")
        return longest.filter { step, time in
            time
                > (step == exempt?.step || exempt?.step == "any"
                    ? max(exempt?.limit ?? .zero, HeldSteps.limit) : HeldSteps.limit)
        }.map { "\($0.key) \($0.value)" }
    }
}

/// What a scenario is tried so often for: a step that really is too long is so each time, and one that the machine held up
/// (its caches, its hypervisor) is not.
let attempts = 3

/// Runs tasks for `0..<count` together. In groups of a hundred: to leave a group costs as much as it has members.
func crowd(of count: Int, _ body: @escaping @Sendable (Int) async -> Void) async {
    await withDiscardingTaskGroup { groups in
        for first in stride(from: 0, to: count, by: 100) {
            groups.addTask {
                await withDiscardingTaskGroup { tasks in
                    for index in first..<min(first + 100, count) { tasks.addTask { await body(index) } }
                }
            }
            if first % 1000 == 0 { await Task.yield() }
        }
    }
}
