internal import Synchronization

/// Something to wait for that happens once, whoever makes it happen.
final class HTTPDrain: Sendable {
    private enum State {
        case open(UnsafeContinuation<Void, Never>?)
        case ended
    }
    private let state = Mutex(State.open(nil))

    /// It has happened. Any thread; later calls change nothing.
    func end() {
        let waiting = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            guard case .open(let waiting) = state else { return nil }
            state = .ended
            return waiting
        }
        waiting?.resume()
    }

    /// Waits until it has happened; one caller.
    func wait() async {
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state -> Bool in
                guard case .open = state else { return true }
                state = .open(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
