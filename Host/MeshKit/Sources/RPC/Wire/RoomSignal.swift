internal import Reactor

/// Lets a writer wait until its stream has room. Loop only.
// Safe: touched on `loop` alone; the cancellation handler goes through it.
final class RoomSignal: @unchecked Sendable {
    private let loop: EventLoop
    private var waiting: [UnsafeContinuation<Void, Never>] = []

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Returns when `signal` is called or the task is cancelled: look again then.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { waiting.append($0) }
        } onCancel: {
            loop.execute { self.signal() }
        }
    }

    func signal() {
        let woken = waiting
        waiting = []
        for writer in woken { writer.resume() }
    }
}
