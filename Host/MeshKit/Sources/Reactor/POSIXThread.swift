internal import Glibc
internal import Synchronization

/// One POSIX thread. Owns the handle: it is joined once, or let go.
public final class POSIXThread: Sendable {
    private let handle: Mutex<pthread_t?>

    /// Starts a thread.
    /// - Throws: `SystemError` when threads are short.
    public init(_ body: @escaping @Sendable () -> Void) throws {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(body))
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard result == 0 else {
            box.release()
            throw SystemError(result, "pthread_create")
        }
        handle = Mutex(thread)
    }

    /// A thread that nobody waits for is freed when it ends.
    deinit {
        if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
    }

    /// Waits for its end; without effect the second time. Blocks; not on the thread itself.
    public func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let thread { pthread_join(thread, nil) }
    }

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
