extension EventLoop {
    /// Lets the calling task of this loop wait, without holding the loop. Loop only.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: MonotonicTime.now().advanced(by: duration))
    }

    /// Lets the calling task of this loop wait until `time`. Loop only.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until time: MonotonicTime) async throws {
        preconditionCurrent()
        try Task.checkCancellation()
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                if sleeper.isCancelled {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                sleeper.continuation = continuation
                sleeper.timer = schedule(at: time) { sleeper.finish(.success(())) }
            }
        } onCancel: {
            execute {
                sleeper.isCancelled = true
                sleeper.finish(.failure(CancellationError()))
            }
        }
    }
}

/// One task that sleeps.
///
/// Safe: made on the loop's task, and touched by the timer and by `execute`, both of the same loop.
private final class Sleeper: @unchecked Sendable {
    var isCancelled = false
    var timer: LoopTimer?
    var continuation: UnsafeContinuation<Void, any Error>?

    func finish(_ result: Result<Void, any Error>) {
        timer?.cancel()
        timer = nil
        continuation?.resume(with: result)
        continuation = nil
    }
}
