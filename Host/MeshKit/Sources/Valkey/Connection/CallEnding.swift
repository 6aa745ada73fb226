internal import Reactor

/// Ends many calls, some in each step of the loop, so that nobody waits for thousands of others to hear of it. Loop only.
final class CallEnding {
    /// How long one step ends calls.
    private static let budget = Duration.microseconds(250)

    private let loop: EventLoop
    private let next: () -> ValkeyCall?
    private let end: (ValkeyCall) -> Void

    private init(_ loop: EventLoop, _ next: @escaping () -> ValkeyCall?, _ end: @escaping (ValkeyCall) -> Void) {
        self.loop = loop
        self.next = next
        self.end = end
    }

    /// Calls `end` with each of `calls`, in order, and lets go of them.
    static func start(_ calls: [ValkeyCall], on loop: EventLoop, _ end: @escaping (ValkeyCall) -> Void) {
        guard !calls.isEmpty else { return }
        var left = Array(calls.reversed())
        CallEnding(loop, { left.popLast() }, end).stepLater()
    }

    /// Calls `end` with each call of a line, in order.
    static func start(_ line: WaitingLine<ValkeyCall>, on loop: EventLoop, _ end: @escaping (ValkeyCall) -> Void) {
        guard !line.isEmpty else { return }
        var left = line
        CallEnding(loop, { left.popFirst() }, end).stepLater()
    }

    private func stepLater() {
        loop.schedule(after: .zero) { self.step() }
    }

    private func step() {
        let begun = MonotonicTime.now()
        repeat {
            for _ in 0..<16 {
                guard let call = next() else { return }
                end(call)
            }
        } while begun.duration(to: .now()) < Self.budget
        stepLater()
    }
}
