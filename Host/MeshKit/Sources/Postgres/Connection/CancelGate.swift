internal import Synchronization

/// Lets one cancel request of a client go at a time, whatever its loops: `PQcancel` waits for the server without a limit,
/// and threads of the blocking pool that hang in it would be missing for connecting. While one hangs the others wait here,
/// and the connections that wanted them are replaced after their grace. Any thread.
final class CancelGate: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())

    /// Takes the gate, or calls `retry` when it has become free for the caller, who then has it.
    /// - Returns: whether the caller has it now.
    func enter(orLater retry: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.isTaken else {
                state.isTaken = true
                return true
            }
            state.waiting.append(retry)
            return false
        }
    }

    /// Passes the gate on.
    func leave() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?()
    }
}
