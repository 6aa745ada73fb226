import Reactor

/// Runs work that must end in time.
enum Deadline {
    /// Runs `body` as a child task beside a timer; cancels it at the deadline, waits for it, and throws
    /// DEADLINE_EXCEEDED.
    static func enforce<R: Sendable>(
        _ deadline: MonotonicTime,
        _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await wait(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw RPCError.deadlineExceeded
            }
            return result
        }
    }

    private static func wait(until deadline: MonotonicTime) async throws {
        if let loop = EventLoop.current {
            try await loop.sleep(until: deadline)
        } else {
            try await ContinuousClock().sleep(until: .now + MonotonicTime.now().duration(to: deadline))
        }
    }
}
