import Glibc
import Synchronization

/// A thread for what blocks, beside the test.
final class Detached: Sendable {
    private let isDone = Mutex(false)

    init(_ body: @escaping () -> Void) {
        // Safe: `body` is used by the new thread alone; the test touches what it captures again only after `join`.
        nonisolated(unsafe) let body = body
        let start = Unmanaged.passRetained(
            Box { [self] in
                body()
                isDone.withLock { $0 = true }
            }
        )
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { pointer in
                if let pointer { Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            },
            start.toOpaque()
        )
        pthread_detach(thread)
    }

    func join() {
        while !join(within: 1) {}
    }

    /// Whether it has ended within some seconds.
    func join(within seconds: Double) -> Bool {
        for _ in 0..<Int(seconds * 1000) {
            if isDone.withLock({ $0 }) { return true }
            usleep(1000)
        }
        return isDone.withLock { $0 }
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
