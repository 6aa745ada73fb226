import Observe
import Synchronization

/// A driver in a slot, with the calls under way in it.
final class DriverOccupant<Port: Sendable>: Sendable {
    /// Legal order: serving → retired → (at zero) drained. A call that begins in `retired` was handed out before.
    private struct State {
        var inFlight = 0
        var calls = 0
        var isRetired = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    let driver: any Driver
    let port: Port
    let identity: DriverIdentity
    let since = WallTime.now()
    private let state = Mutex(State())

    init(driver: any Driver, port: Port, identity: DriverIdentity) {
        self.driver = driver
        self.port = port
        self.identity = identity
    }

    var inFlight: Int { state.withLock { $0.inFlight } }
    var calls: Int { state.withLock { $0.calls } }

    /// Counts a call. The slot does so under its own lock, so that no call begins after `retire`.
    func enter() {
        state.withLock { state in
            state.inFlight += 1
            state.calls += 1
        }
    }

    /// The call has ended.
    func leave() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.inFlight -= 1
            guard state.isRetired, state.inFlight == 0 else { return nil }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits until no call is under way, or until its task is cancelled. Once.
    func drain() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let done = state.withLock { state -> Bool in
                    state.isRetired = true
                    guard state.inFlight > 0, !Task.isCancelled else { return true }
                    state.waiter = continuation
                    return false
                }
                if done { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiter.take() }
            waiter?.resume()
        }
    }
}
