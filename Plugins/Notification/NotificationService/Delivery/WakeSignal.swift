import Reactor
import Synchronization

/// Wakes one task that waits for something to do. A signal while nobody waits is kept.
final class WakeSignal: Sendable {
    private struct State {
        var isPending = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the waiter, or the next one. Any thread.
    func signal() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.isPending = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits for a signal, `patience` at the longest, or until the task is cancelled. One waiter; on a loop.
    func wait(_ patience: Duration, on loop: EventLoop) async {
        guard patience > .zero, !Task.isCancelled else { return }
        let timer = loop.schedule(after: patience) { [self] in signal() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isPending = state.withLock { state -> Bool in
                    precondition(state.waiter == nil, "a signal has one waiter")
                    defer { state.isPending = false }
                    if !state.isPending { state.waiter = continuation }
                    return state.isPending
                }
                if isPending { continuation.resume() }
            }
        } onCancel: {
            signal()
        }
        timer.cancel()
    }
}
