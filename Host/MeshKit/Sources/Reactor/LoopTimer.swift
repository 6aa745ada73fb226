/// A timer that waits on a loop. Loop only; forgetting it does not cancel it.
public struct LoopTimer {
    let loop: EventLoop
    let token: TimerHeap<() -> Void>.Token

    /// Stops the timer; without effect once it has fired.
    public func cancel() {
        loop.cancel(token)
    }
}
