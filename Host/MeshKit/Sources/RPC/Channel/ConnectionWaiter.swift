internal import Reactor

/// One call that waits for a connection. Loop only.
// Safe: touched on its shard's loop alone; cancellation goes through it.
final class ConnectionWaiter: @unchecked Sendable {
    private var continuation: UnsafeContinuation<Void, Never>?

    /// Whether it has not been woken yet.
    private(set) var isWaiting = true

    /// Returns when it is woken, which may have been before.
    func wait() async {
        await withUnsafeContinuation { continuation in
            if isWaiting { self.continuation = continuation } else { continuation.resume() }
        }
    }

    /// Wakes it; whether it was still waiting.
    @discardableResult
    func wake() -> Bool {
        guard isWaiting else { return false }
        isWaiting = false
        continuation?.resume()
        continuation = nil
        return true
    }
}
